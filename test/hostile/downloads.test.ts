import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ImageFailure } from '../../src/domain/failure.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = { imageBytes: 100_000, firstByteMs: 400, downloadMs: 900, redirects: 5 };
const folder = temporaryFolder();

/** What a host sends, by path; `asked` counts how often. */
const behaviours: Record<string, (socket: Socket) => void> = {
  '/good': answer('200 OK', 'content-type: image/jpeg', 'picture'),
  '/html-type': answer('200 OK', 'content-type: text/html', 'picture'),
  '/no-length': (socket) => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\npicture'),
  '/chunked': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\npicture\r\n0\r\n\r\n'),
  '/early-hints': (socket) =>
    socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\npicture'),
  '/many-hints': (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000)),
  '/silent': () => undefined,
  '/slow-headers': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx-slow: ', 'a'),
  '/slow-body': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n', 'a'),
  '/endless-body': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'),
  '/endless-chunks': (socket) =>
    pour(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '4000\r\n', '\r\n'),
  '/too-long': answer('200 OK', 'content-length: 5000000'),
  '/slow-404': (socket) => drip(socket, 'HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\n\r\n', 'a'),
  '/short-body': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npicture'),
  '/long-body': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\npicture'),
  '/two-lengths': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\ncontent-length: 9\r\n\r\npicture'),
  '/negative-length': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: -7\r\n\r\npicture'),
  '/length-and-chunks': (socket) =>
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\ntransfer-encoding: chunked\r\n\r\n7\r\npicture\r\n0\r\n\r\n'),
  '/bad-chunk': (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\npicture\r\n'),
  '/reset': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npic', () => socket.resetAndDestroy());
  },
  '/hang-up': (socket) => socket.end(),
  '/garbage': (socket) => socket.end('\x16\x03\x01 not http at all\r\n\r\n'),
  '/http-9': (socket) => socket.end('HTTP/9.9 200 OK\r\n\r\n'),
  '/header-flood': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n', 'x: ', '\r\n'),
  '/many-headers': (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n`),
  '/empty': answer('200 OK', 'content-length: 0'),
  '/no-content': (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
  '/part': answer('206 Partial Content', 'content-range: bytes 0-6/100', 'picture'),
  '/gzip': gzipped(Buffer.from('picture')),
  '/gzip-bomb': gzipped(Buffer.alloc(50_000_000)),
  '/gzip-lie': answer('200 OK', 'content-encoding: gzip', 'picture'),
  '/unknown-encoding': answer('200 OK', 'content-encoding: rot13', 'picture'),
  '/403': answer('403 Forbidden'),
  '/404': answer('404 Not Found'),
  '/410': answer('410 Gone'),
  '/500': answer('500 Oops'),
  '/429-soon': answer('429 Too Many', 'retry-after: 7'),
  '/503-date': answer('503 Later', `retry-after: ${new Date(Date.now() + 60_000).toUTCString()}`),
  '/429-tomorrow': answer('429 Too Many', 'retry-after: 86400'),
  '/599': answer('599 What'),
  '/300': answer('300 Choices'),
  '/location-less': answer('302 Found'),
};

function answer(status: string, header = 'x-test: 1', body = ''): (socket: Socket) => void {
  const length = header.startsWith('content-length') ? '' : `content-length: ${body.length}\r\n`;
  return (socket) => socket.write(`HTTP/1.1 ${status}\r\n${header}\r\n${length}\r\n${body}`);
}

function gzipped(plain: Buffer): (socket: Socket) => void {
  const body = gzipSync(plain);
  return (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
    socket.write(body);
  };
}

/** One character every now and then, for ever. */
function drip(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(piece), 30);
  socket.on('close', () => clearInterval(timer));
}

/** As fast as it is taken, for ever. */
function pour(socket: Socket, head: string, before = '', behind = ''): void {
  socket.write(head);
  const more = () => {
    while (!socket.destroyed && socket.write(`${before}${'a'.repeat(0x4000)}${behind}`));
  };
  socket.on('drain', more);
  more();
}

let server: Server;
let base = '';
const asked = new Map<string, number>();

before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const path = /^GET (\S+)/.exec(String(data))?.[1] ?? '';
      asked.set(path, (asked.get(path) ?? 0) + 1);
      behaviours[path]?.(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

function fetcher(settings: object = {}) {
  const outbound = createOutbound({
    allowAddresses: ['127.0.0.1'],
    userAgent: 'test',
    downloads: 64,
    downloadsPerHost: 64,
    limits: LIMITS,
    ...settings,
  });
  let number = 0;
  return {
    close: outbound.close,
    async get(link: string, signal = new AbortController().signal, customer = '') {
      const file = join(folder, `${Date.now()}-${Math.random()}-${number++}`);
      const started = performance.now();
      const outcome = await outbound
        .fetchImage(new URL(link), file, { priority: number, customer, signal, whenRoom: async () => undefined })
        .then(
          ({ bytes }) => ({ bytes, failure: undefined }),
          (failure: unknown) => ({ bytes: 0, failure }),
        );
      const { failure } = outcome;
      if (failure instanceof Error && !(failure instanceof ImageFailure)) throw failure;
      return {
        file,
        ms: performance.now() - started,
        bytes: outcome.bytes,
        failure: failure as ImageFailure | undefined,
      };
    },
  };
}

describe('every host ends inside the limits with the right code', () => {
  const expected: Record<string, string> = {
    '/good': 'fetched',
    '/html-type': 'fetched',
    '/no-length': 'fetched',
    '/chunked': 'fetched',
    '/early-hints': 'fetched',
    '/gzip': 'fetched',
    '/many-hints': 'connect_failed',
    '/silent': 'timed_out',
    '/slow-headers': 'timed_out',
    '/slow-body': 'timed_out',
    '/endless-body': 'too_large',
    '/endless-chunks': 'too_large',
    '/too-long': 'too_large',
    '/slow-404': 'http_404 timed_out',
    '/gzip-bomb': 'too_large',
    '/short-body': 'connect_failed bad_response',
    '/long-body': 'fetched bad_response',
    '/two-lengths': 'bad_response',
    '/negative-length': 'bad_response',
    '/length-and-chunks': 'bad_response',
    '/bad-chunk': 'bad_response',
    '/reset': 'connect_failed',
    '/hang-up': 'connect_failed',
    '/garbage': 'bad_response',
    '/http-9': 'bad_response',
    '/header-flood': 'bad_response',
    '/many-headers': 'bad_response',
    '/empty': 'not_an_image',
    '/no-content': 'not_an_image',
    '/part': 'not_an_image',
    '/gzip-lie': 'fetched',
    '/unknown-encoding': 'fetched',
    '/403': 'http_403',
    '/404': 'http_404',
    '/410': 'http_410',
    '/500': 'http_500',
    '/429-soon': 'http_429',
    '/503-date': 'http_503',
    '/429-tomorrow': 'http_429',
    '/599': 'http_599',
    '/300': 'http_300',
    '/location-less': 'http_302',
  };
  test('the list above is complete', () =>
    assert.deepEqual(Object.keys(expected).sort(), Object.keys(behaviours).sort()));

  test('all at once', async (t) => {
    await Promise.all(
      Object.entries(expected).map(([path, codes]) =>
        t.test(path, async () => {
          const { get, close } = fetcher();
          const { failure, file, ms, bytes } = await get(base + path);
          assert.ok(codes.split(' ').includes(failure?.code ?? 'fetched'), `${failure?.code}: ${failure?.cause}`);
          assert.ok(ms < LIMITS.downloadMs + 1_500, `${ms} ms`);
          assert.equal(existsSync(file), failure === undefined, 'a failed download leaves no file');
          if (path !== '/long-body' && !failure) assert.deepEqual([bytes, readFileSync(file, 'utf8')], [7, 'picture']);
          await close();
        }),
      ),
    );
  });

  test('a 404 is final and asked once', async () => {
    const { get, close } = fetcher();
    asked.delete('/404');
    assert.equal((await get(`${base}/404`)).failure?.retry, false);
    assert.equal(asked.get('/404'), 1);
    await close();
  });

  test('a length above the limit ends a download before its body, which may never come', async () => {
    const { get, close } = fetcher({ limits: { ...LIMITS, firstByteMs: 60_000, downloadMs: 60_000 } });
    const { failure, ms } = await get(`${base}/too-long`);
    assert.equal(failure?.code, 'too_large');
    assert.ok(ms < 5_000, `${ms} ms`);
    await close();
  });

  test('what a host asks to wait is passed on, up to two minutes', async () => {
    const { get, close } = fetcher();
    const soon = (await get(`${base}/503-date`)).failure;
    assert.ok(soon?.retry && (soon.retryAfterMs ?? 0) > 50_000 && (soon.retryAfterMs ?? 0) <= 60_000);
    const never = (await get(`${base}/429-tomorrow`)).failure;
    assert.equal(never?.retry, false);
    const later = (await get(`${base}/429-soon`)).failure;
    assert.deepEqual([later?.retry, later?.retryAfterMs, later?.countsAsTry], [true, 7_000, true]);
    const held = (await get(`${base}/good`)).failure;
    assert.deepEqual([held?.code, held?.countsAsTry], ['http_429', false], 'the whole host is held meanwhile');
    await close();
  });
});

test('a stop ends a download at once', async () => {
  const { get, close } = fetcher();
  const stopping = new AbortController();
  const running = get(`${base}/silent`, stopping.signal);
  stopping.abort(new ImageFailure('cancelled'));
  assert.ok((await running).ms < LIMITS.firstByteMs);
  await close();
});
