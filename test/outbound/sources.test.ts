import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSources } from '../../src/outbound/sources.ts';
import { type Behaviour, fetcher, startHost } from '../support/fetching.ts';

const sourcesOf = (file: object) => parseSources(JSON.stringify(file));
const LOGIN = { authorization: 'Basic c2VjcmV0' };
const picture: Behaviour = (_request, response) => response.end('picture');
const sentLogins = (headers: { authorization?: string | undefined }[]) =>
  headers.map(({ authorization }) => authorization);

describe('an entry', () => {
  const perSecond = (hosts: Record<string, number>, link: string) =>
    sourcesOf({
      hosts: Object.fromEntries(Object.entries(hosts).map(([host, per_second]) => [host, { per_second }])),
    }).of(new URL(link)).perSecond;

  test('with a wildcard holds for every name below the domain, and for no other', () => {
    const of = (host: string) => perSecond({ '*.shop.example': 1 }, `https://${host}/a.jpg`);
    for (const host of ['cdn.shop.example', 'a.b.shop.example', 'CDN.Shop.Example', 'cdn.shop.example.']) {
      assert.equal(of(host), 1, host);
    }
    for (const host of ['shop.example', 'evilshop.example', 'shop.example.evil.example', 'cdn.shop.example.org']) {
      assert.equal(of(host), undefined, host);
    }
  });

  test('that is the most exact one holds', () => {
    const hosts = { '*.example': 1, '*.shop.example': 2, 'cdn.shop.example': 3, 'cdn.shop.example:8080': 4 };
    assert.equal(perSecond(hosts, 'https://other.example/'), 1);
    assert.equal(perSecond(hosts, 'https://img.shop.example/'), 2);
    assert.equal(perSecond(hosts, 'https://cdn.shop.example/'), 3);
    assert.equal(perSecond(hosts, 'https://cdn.shop.example:8080/'), 4);
  });

  test('may name an address, however it is written', () => {
    assert.equal(perSecond({ '127.0.0.1': 1 }, 'http://2130706433/'), 1);
    assert.equal(perSecond({ '[2001:DB8::1]': 1 }, 'http://[2001:db8:0:0::1]/'), 1);
    assert.equal(perSecond({ 'müller.example': 1 }, 'http://xn--mller-kva.example/'), 1);
    assert.equal(perSecond({ 'shop.example:443': 1 }, 'https://shop.example/'), 1);
  });
});

describe('headers', () => {
  test('go to the host that the link names, and to no other that a redirect leads to', async () => {
    const other = await startHost({ '/a.jpg': picture });
    const named = await startHost({
      '/a.jpg': picture,
      '/to': (_request, response) => response.writeHead(302, { location: `${other.url}/a.jpg` }).end(),
    });
    // One entry holds for both: the same address, all ports.
    const { get } = fetcher({
      sources: sourcesOf({ hosts: { '127.0.0.1': { headers: { Authorization: LOGIN.authorization } } } }),
    });
    await get(`${named.url}/a.jpg`);
    await get(`${named.url}/to`);
    assert.deepEqual(sentLogins(named.headers), [LOGIN.authorization, LOGIN.authorization]);
    assert.deepEqual(sentLogins(other.headers), [undefined]);
  });

  test('go with the downloads of the customers that the entry names', async () => {
    const { url, headers } = await startHost({ '/a.jpg': picture });
    const { get } = fetcher({
      sources: sourcesOf({ hosts: { '127.0.0.1': { headers: LOGIN, customers: ['shop-a'] } } }),
    });
    for (const customer of ['shop-a', 'shop-b', '']) await get(`${url}/a.jpg`, customer);
    assert.deepEqual(sentLogins(headers), [LOGIN.authorization, undefined, undefined]);
  });

  test('may take the place of our own, and join the cookies of the host', async () => {
    const { url, headers } = await startHost({
      '/set': (_request, response) => response.writeHead(302, { location: '/a.jpg', 'set-cookie': 'b=2' }).end(),
      '/a.jpg': picture,
    });
    const entry = { headers: { 'User-Agent': 'Mozilla/5.0', Referer: 'https://shop.example/', Cookie: 'a=1' } };
    await fetcher({ sources: sourcesOf({ hosts: { '127.0.0.1': entry } }) }).get(`${url}/set`);
    const { 'user-agent': agent, referer, cookie } = headers[1] ?? {};
    assert.deepEqual([agent, referer, cookie], ['Mozilla/5.0', 'https://shop.example/', 'a=1; b=2']);
  });

  test('that are for everybody are known', () => {
    const hosts = {
      'a.example': { headers: LOGIN },
      'b.example': { headers: LOGIN, customers: ['x'] },
      'c.example': {},
    };
    assert.deepEqual(sourcesOf({ hosts }).forEverybody, ['a.example']);
  });
});

describe('hosts that the operator does not want', () => {
  test('are asked for nothing, be it behind a redirect', async () => {
    const refused = await startHost({ '/a.jpg': picture });
    const open = await startHost({
      '/a.jpg': picture,
      '/to': (_request, response) => response.writeHead(302, { location: `${refused.url}/a.jpg` }).end(),
    });
    for (const sources of [{ deny: [`127.0.0.1:${refused.port}`] }, { allow: [`127.0.0.1:${open.port}`] }]) {
      const { get, failure } = fetcher({ sources: sourcesOf(sources) });
      await get(`${open.url}/a.jpg`);
      for (const link of [`${refused.url}/a.jpg`, `${open.url}/to`]) {
        const { code, retry, message } = await failure(link);
        assert.deepEqual([code, retry], ['address_refused', false]);
        assert.match(message, /operator does not allow downloads from 127\.0\.0\.1/);
      }
    }
    assert.equal(refused.headers.length, 0);
  });

  test('are not reached by a dot at the end of their name', () => {
    assert.throws(() => sourcesOf({ deny: ['shop.example'] }).admit(new URL('http://shop.example./')));
  });
});

test('a file that is wrong is refused, and nothing of its headers is shown', () => {
  const secret = 'c2VjcmV0';
  const wrong: [string, RegExp][] = [
    [`{"hosts": {"a.example": {"headers": {"authorization": "${secret}"}}`, /not JSON/],
    [`{"hosts": {"a.example": {"header": "${secret}"}}}`, /\/hosts\/a\.example\/header is not known/],
    [`{"hosts": {"a.example": {"headers": {"x y": "${secret}"}}}}`, /header name "x y"/],
    [`{"hosts": {"a.example": {"headers": {"x": "${secret}\\r\\ny: z"}}}}`, /such characters in the header x/],
    [`{"hosts": {"a.example": {"headers": {"Host": "${secret}"}}}}`, /must not set the header Host/],
    [`{"hosts": {"a.example": {"headers": "${secret}"}}}`, /headers must be object/],
    ['{"hosts": {"a.example": {"downloads": 0}}}', /downloads must be >= 1/],
    ['{"hosts": {"a.example": {"per_second": 0}}}', /per_second must be > 0/],
    ['{"hosts": {"*": {}}}', /not "\*"/],
    ['{"allow": ["http://shop.example/"]}', /not "http:\/\/shop\.example\/"/],
    ['{"deny": ["10.0.0.0/8"]}', /not "10\.0\.0\.0\/8"/],
    ['[]', /the file must be object/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(
      () => parseSources(text),
      (error: Error) => message.test(error.message) && !error.message.includes(secret) && error.cause === undefined,
      text,
    );
  }
});

test('a host has as many downloads at once as its entry says', async () => {
  let open = 0;
  let most = 0;
  const { url } = await startHost({
    '/a.jpg': (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end('picture');
      }, 20);
    },
  });
  for (const downloads of [1, 12]) {
    most = 0;
    const { get } = fetcher({ sources: sourcesOf({ hosts: { '127.0.0.1': { downloads } } }) });
    await Promise.all(Array.from({ length: 24 }, (_, index) => get(`${url}/a.jpg?${index}`)));
    assert.equal(most, downloads);
  }
});
