import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Behaviour, fetcher, startHost } from '../support/fetching.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('a picture '.repeat(100))]);
const TEXT = PICTURE.toString('latin1');

/** The picture, with headers of a response. */
const picture =
  (headers: Record<string, string | string[]> = {}, body: Buffer = PICTURE): Behaviour =>
  (_request, response) =>
    response.writeHead(200, headers).end(body);
const redirect =
  (location: string, cookies: string[] = []): Behaviour =>
  (_request, response) =>
    response.writeHead(302, { location, 'set-cookie': cookies }).end();
const page =
  (html: string, status = 200, headers: Record<string, string> = {}): Behaviour =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(html);

test('a download comes with its digest, its validators and the bytes that crossed the network', async () => {
  const packed = gzipSync(PICTURE);
  const { url } = await startHost({
    '/a.jpg': picture({ etag: 'W/"7"', 'last-modified': 'Tue, 01 Jul 2025 10:00:00 GMT' }),
    '/packed.jpg': picture({ 'content-encoding': 'gzip' }, packed),
  });
  const { get } = fetcher();
  const sha256 = createHash('sha256').update(PICTURE).digest('hex');
  assert.deepEqual(await get(`${url}/a.jpg`), {
    bytes: PICTURE.length,
    bytesTransferred: PICTURE.length,
    sha256,
    etag: 'W/"7"',
    lastModified: 'Tue, 01 Jul 2025 10:00:00 GMT',
    text: TEXT,
  });
  const { bytes, bytesTransferred, etag, ...packedImage } = await get(`${url}/packed.jpg`);
  assert.deepEqual([bytes, bytesTransferred, etag, packedImage.sha256], [PICTURE.length, packed.length, null, sha256]);
});

test('hosts that choose by Accept give what they give a browser', async () => {
  const { url, headers } = await startHost({ '/a': picture() });
  await fetcher().get(`${url}/a`);
  assert.match(headers[0]?.accept ?? '', /image\/avif,image\/webp.*image\/svg\+xml/);
});

describe('content codings', () => {
  const bodies: Record<string, [coding: string, body: Buffer]> = {
    'gzip, in capitals': ['GZIP', gzipSync(PICTURE)],
    deflate: ['deflate', deflateSync(PICTURE)],
    'deflate without its header': ['deflate', deflateRawSync(PICTURE)],
    brotli: ['br', brotliCompressSync(PICTURE)],
    zstd: ['zstd', zstdCompressSync(PICTURE)],
    'one around another': ['gzip, br', brotliCompressSync(gzipSync(PICTURE))],
    'what S3 clients leave behind': ['aws-chunked,gzip', gzipSync(PICTURE)],
    'an empty one': ['', PICTURE],
    none: ['none', PICTURE],
    binary: ['binary', PICTURE],
    'a charset': ['UTF-8', PICTURE],
    'a gzip that is none': ['gzip', PICTURE],
    'a brotli that is none': ['br', PICTURE],
    'a deflate that is none': ['deflate', PICTURE],
  };
  for (const [name, [coding, body]] of Object.entries(bodies)) {
    test(`${name}: the picture comes out`, async () => {
      const { url } = await startHost({ '/a.jpg': picture({ 'content-encoding': coding }, body) });
      assert.equal((await fetcher().get(`${url}/a.jpg`)).text, TEXT);
    });
  }

  test('of a bomb inside of a bomb never unpack to more than a picture may have', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(20_000_000)));
    // What unpacks to nothing: members without bytes, of which the inner layer makes no picture that could be counted.
    const empty = gzipSync(Buffer.concat(Array(8_000).fill(gzipSync(Buffer.alloc(0)))));
    const { url } = await startHost({
      '/bomb.jpg': picture({ 'content-encoding': 'gzip, gzip' }, bomb),
      '/empty.jpg': picture({ 'content-encoding': 'gzip, gzip' }, empty),
      '/many.jpg': picture({ 'content-encoding': 'gzip, gzip, gzip, gzip' }),
    });
    const { failure } = fetcher();
    assert.equal((await failure(`${url}/bomb.jpg`)).code, 'too_large');
    assert.equal((await failure(`${url}/empty.jpg`)).code, 'too_large');
    assert.equal((await failure(`${url}/many.jpg`)).code, 'bad_response');
  });
});

describe('cookies', () => {
  const gate: Behaviour = ({ headers, url = '' }, response) =>
    headers.cookie?.includes('ok=1')
      ? picture()({} as never, response)
      : redirect(`/check?${url}`)({} as never, response);

  test('come back along one chain of redirects', async () => {
    const { url, headers } = await startHost({
      '/a.jpg': gate,
      '/check': redirect('/a.jpg', ['ok=1; Path=/; HttpOnly', 'old=x; Max-Age=0', 'lang=en']),
    });
    assert.equal((await fetcher().get(`${url}/a.jpg`)).text, TEXT);
    assert.deepEqual(
      headers.map(({ cookie }) => cookie),
      [undefined, undefined, 'ok=1; lang=en'],
    );
  });

  test('are forgotten after it', async () => {
    const { url, headers } = await startHost({ '/set': redirect('/a.jpg', ['ok=1']), '/a.jpg': picture() });
    const { get } = fetcher();
    await get(`${url}/set`);
    await get(`${url}/a.jpg`);
    assert.equal(headers.at(-1)?.cookie, undefined);
  });

  test('go to no other host than the one that set them, whatever domain they name', async () => {
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    const { port, headers } = await startHost({
      '/set': ({ headers }, response) =>
        redirect(`http://b.shop.example:${headers.host?.split(':')[1]}/a.jpg`, ['secret=1; Domain=shop.example'])(
          {} as never,
          response,
        ),
      '/a.jpg': picture(),
    });
    await fetcher({ lookup }).get(`http://a.shop.example:${port}/set`);
    assert.equal(headers.at(-1)?.cookie, undefined);
  });
});

test('a Location in any bytes is followed as by a browser', async () => {
  const { url } = await startHost({
    '/utf8': redirect(Buffer.from('/안녕.jpg').toString('latin1')),
    '/%EC%95%88%EB%85%95.jpg': picture(),
    '/latin1': redirect('/caf\xe9.jpg'),
    '/caf%e9.jpg': picture(),
  });
  const { get } = fetcher();
  for (const path of ['/utf8', '/latin1']) assert.equal((await get(url + path)).text, TEXT);
});

describe('pages in between', () => {
  const hosts: Record<string, Behaviour> = {
    '/a.jpg': picture(),
    '/uc?id=7': page(
      '<html><form id="download-form" action="/uc?x=1" method="get"><input type="hidden" name="id" value="7"><input type="hidden" name="confirm" value="t"></form>',
    ),
    '/uc?id=7&confirm=t': picture(),
    '/old': page('<html><a id="uc-download-link" href="/a.jpg">Download anyway</a>'),
    '/refresh': page(`<meta http-equiv="refresh" content="0; url='/a.jpg'">`),
    '/wait': page('<html><meta http-equiv="refresh" content="60; url=/a.jpg">'),
    '/itself': page('<html><meta http-equiv="refresh" content="0; url=/itself">'),
    '/away': page('<html><meta http-equiv="refresh" content="0; url=http://127.0.0.2:1/">'),
    '/post': page('<html><form id="download-form" method="post" action="/a.jpg"></form>'),
  };
  const led: Record<string, boolean> = {
    '/uc?id=7': true,
    '/old': true,
    '/refresh': true,
    '/wait': false,
    '/itself': false,
    '/post': false,
  };
  for (const [path, leads] of Object.entries(led)) {
    test(`${path} ${leads ? 'leads to the picture' : 'is where the way ends'}`, async () => {
      const { url } = await startHost(hosts);
      const { get, failure } = fetcher();
      if (leads) assert.equal((await get(url + path)).text, TEXT);
      else assert.equal((await failure(url + path)).code, 'not_an_image');
    });
  }

  test('lead to no address that a link may not lead to', async () => {
    const { url } = await startHost(hosts);
    assert.equal((await fetcher().failure(`${url}/away`)).code, 'address_refused');
  });
});

describe('where a page comes instead of a picture, the message says which', () => {
  const kinds: [name: string, behaviour: Behaviour, code: string, message: RegExp][] = [
    ['a login', page('<html><form><input name="u"><input type="password"></form>'), 'not_an_image', /asks for a login/],
    ['a viewer', page('<!doctype html><meta property="og:image" content="x">'), 'not_an_image', /shows a picture/],
    ['any page', page('<!DOCTYPE html><title>Shop</title>'), 'not_an_image', /a web page, not to a picture/],
    [
      'a message',
      page('{"error": "no such asset"}', 200, { 'content-type': 'application/json' }),
      'not_an_image',
      /JSON/,
    ],
    ['hot-linking', page('<html>Hotlinking is not allowed', 403), 'http_403', /hot-linking.*"Pixmill\/test"/],
    [
      'a challenge',
      page('<html><title>Just a moment...', 403, { 'cf-mitigated': 'challenge' }),
      'http_403',
      /challenge/,
    ],
    ['a refusal of programs', page('<html>406', 406), 'http_406', /admit the agent "Pixmill\/test"/],
    ['an expired link', page('<Error><Code>AccessDenied</Code></Error>', 403), 'http_403', /403 \(AccessDenied\)/],
  ];
  for (const [name, behaviour, code, message] of kinds) {
    test(name, async () => {
      const { url } = await startHost({ '/a.jpg': behaviour });
      const failure = await fetcher().failure(`${url}/a.jpg`);
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
    });
  }

  test('an SVG is no page', async () => {
    const svg = Buffer.from('<?xml version="1.0"?><!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"/>');
    const { url } = await startHost({ '/a.svg': picture({}, svg) });
    assert.equal((await fetcher().get(`${url}/a.svg`)).bytes, svg.length);
  });
});

test('a slip in a link that the host refuses is named', async () => {
  const { url } = await startHost({});
  const { failure } = fetcher();
  const slips: [string, RegExp][] = [
    ['/a.jpg?w=1&amp;h=2', /write "&" alone/],
    ['/50%.jpg', /"%25"/],
    ['/a#1.jpg', /"%23"/],
    ['/a.jpg)', /ends in a "\)"/],
    ['/a(1).jpg', /status 404\.$/],
  ];
  for (const [path, message] of slips) assert.match((await failure(url + path)).message, message);
});

test('a folder of ours that is gone is not the fault of the host', async () => {
  const { url } = await startHost({ '/a.jpg': picture() });
  const { outbound } = fetcher();
  const options = { priority: 0, customer: '', signal: new AbortController().signal, whenRoom: async () => undefined };
  for (const link of [`${url}/a.jpg`, 'data:image/png;base64,iVBORw0KGgo=']) {
    await assert.rejects(outbound.fetchImage(new URL(link), '/nowhere/at/all', options), {
      code: 'storage_failed',
      retry: true,
      countsAsTry: false,
    });
  }
});

describe('a picture inside of its link', () => {
  const { get, failure } = fetcher();
  test('is written to the file, and nothing is asked for', async () => {
    const image = await get(`data:image/jpeg;base64,${PICTURE.toString('base64')}`);
    assert.deepEqual([image.text, image.bytes, image.bytesTransferred], [TEXT, PICTURE.length, 0]);
    assert.equal((await get('data:image/svg+xml,%3Csvg%2F%3E')).text, '<svg/>');
  });
  test('may not be larger than a download', async () => {
    assert.equal(
      (await failure(`data:image/png;base64,${Buffer.alloc(100_001).toString('base64')}`)).code,
      'too_large',
    );
  });
  test('may be broken or empty', async () => {
    assert.equal((await failure('data:image/png;base64,%%%')).code, 'invalid_url');
    assert.equal((await failure('data:image/png;base64,')).code, 'not_an_image');
  });
});
