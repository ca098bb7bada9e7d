import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtPage, httpServer, knownKeys } from '../support/http-server.ts';

const ALICE = 'alice-0123456789abcdef';
const bearer = { authorization: `Bearer ${ALICE}` };
const SHOP = 'https://shop.example';

describe('without keys, a page of another site that a browser shows beside us', () => {
  test('cannot read anything by a name that leads to our address', async () => {
    const { server } = await httpServer({ builtPage: builtPage(), publicUrl: () => 'https://pix.example' });
    const status = async (host: string, url = '/api/requests') =>
      (await server.inject({ url, headers: { host } })).statusCode;
    const ours = [
      'localhost',
      'localhost:8080',
      '127.0.0.1:8080',
      '[::1]:8080',
      '192.168.1.7',
      '[fe80::1]',
      'pix.example',
    ];
    for (const host of [...ours, 'PIX.example:8443', 'pix.example.']) assert.equal(await status(host), 200, host);
    const foreign = [
      'rebind.example',
      'rebind.example:8080',
      'pix.example.evil.example',
      'localhost.evil.example',
      'a b',
    ];
    for (const host of foreign) {
      for (const url of [
        '/api/requests',
        '/',
        '/docs',
        '/metrics',
        '/openapi.json',
        '/nothing',
        '/assets/page-1a2b.js',
      ]) {
        assert.equal(await status(host, url), 421, `${host} ${url}`);
      }
      for (const url of ['/health', '/ready']) assert.equal(await status(host, url), 200, url);
      assert.equal(await status(host, '/api/image/x.jpg'), 404, 'images are served under any name');
    }
    const forwarded = { host: 'rebind.example', 'x-forwarded-host': 'localhost' };
    const refused = await server.inject({ url: '/api/requests', headers: forwarded });
    assert.equal(refused.statusCode, 421, 'such a page can send this header, too');
    assert.equal(refused.json().code, 'host_refused');
    assert.match(refused.json().detail, /PIXMILL_PUBLIC_URL/);
  });

  test('cannot change anything', async () => {
    const { server } = await httpServer({ corsOrigins: [SHOP], publicUrl: () => 'https://pix.example' });
    const upload = async (origin?: string) =>
      server.inject({
        method: 'POST',
        url: '/api/upload',
        headers: { host: 'localhost:8080', ...(origin && { origin }) },
      });
    for (const origin of [undefined, 'http://localhost:8080', 'https://localhost:8080', 'https://pix.example', SHOP]) {
      assert.equal((await upload(origin)).json().code, 'file_missing', origin);
    }
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost:3000',
      'http://localhost',
      'file://localhost:8080',
      'x',
    ]) {
      const refused = await upload(origin);
      assert.deepEqual([refused.statusCode, refused.json().code], [403, 'origin_refused'], origin);
    }
    for (const [method, url] of [
      ['DELETE', '/api/requests/x'],
      ['POST', '/api/requests/x/cancel'],
      ['POST', '/upload/'],
      ['PUT', '/api/requests/x'],
    ] as const) {
      const headers = { host: 'localhost', origin: 'https://evil.example' };
      assert.equal((await server.inject({ method, url, headers })).statusCode, 403, url);
    }
    const read = await server.inject({
      url: '/api/requests',
      headers: { host: 'localhost', origin: 'https://evil.example' },
    });
    assert.equal(read.statusCode, 200);
    assert.equal(read.headers['access-control-allow-origin'], undefined, 'its browser does not let it look');
  });
});

describe('a session', () => {
  let time = 1_000_000;
  const open = async () => {
    const api = await httpServer({ apiKeys: knownKeys(ALICE), sessionMs: 3_600_000, now: () => time });
    const login = (headers: Record<string, string> = {}) =>
      api.server.inject({ method: 'POST', url: '/api/session', payload: { key: ALICE }, headers });
    const cookie = async () => String((await login()).headers['set-cookie']).split(';')[0] ?? '';
    const status = async (session: string) =>
      (await api.server.inject({ url: '/api/requests', headers: { cookie: session } })).statusCode;
    return { ...api, login, cookie, status };
  };

  test('ends when its time is over, and cannot be given more of it', async () => {
    const { login, cookie, status } = await open();
    assert.match(String((await login()).headers['set-cookie']), /Max-Age=3600;/);
    const session = await cookie();
    assert.equal(await status(session), 200);
    time += 3_599_000;
    assert.equal(await status(session), 200);
    time += 2_000;
    assert.equal(await status(session), 401);
    const [id, end, signature] = session.split('.');
    assert.equal(await status(`${id}.${Number(end) + 9_999_999}.${signature}`), 401);
    assert.equal(await status(`${id}.NaN.${signature}`), 401);
  });

  test('really ends with the signing out, for whoever has copied the cookie, and no other does', async () => {
    const { server, cookie, status } = await open();
    const [session, other] = [await cookie(), await cookie()];
    const leave = { method: 'DELETE', url: '/api/session' } as const;
    const foreign = await server.inject({ ...leave, headers: { cookie: session, origin: 'https://evil.example' } });
    assert.deepEqual([foreign.statusCode, await status(session)], [403, 200]);
    assert.equal((await server.inject({ ...leave, headers: { cookie: session } })).statusCode, 204);
    assert.deepEqual([await status(session), await status(other)], [401, 200]);
  });

  test('is opened by no page of another site, and changes nothing for one', async () => {
    const { server, login, cookie } = await open();
    assert.equal((await login({ origin: 'https://evil.example' })).statusCode, 403);
    const change = (headers: Record<string, string>) =>
      server.inject({ method: 'POST', url: '/api/requests/x/cancel', headers });
    const session = await cookie();
    assert.equal(
      (await change({ cookie: session, host: 'pix.example', origin: 'https://evil.example' })).statusCode,
      403,
    );
    assert.equal(
      (await change({ cookie: session, host: 'pix.example', origin: 'https://pix.example' })).statusCode,
      404,
    );
    assert.equal((await change({ ...bearer, origin: 'https://evil.example' })).statusCode, 404, 'a key is no cookie');
  });
});

test('nothing that needs a key is kept by a browser or a proxy', async () => {
  const { server } = await httpServer({ apiKeys: knownKeys(ALICE) });
  let asked = 0;
  for (const [path, routes] of server.routeTable) {
    if (!routes.some(({ method, config }) => [method].flat().includes('GET') && config?.access !== 'open')) continue;
    const url = path.replace(/:\w+|\*/g, 'x');
    for (const headers of [{}, bearer]) {
      const response = await server.inject({ url, headers });
      assert.equal(response.headers['cache-control'], 'private, no-store', url);
      asked++;
    }
  }
  assert.ok(asked > 40, `${asked} were asked for`);
});

test('whether the host is only for TLS is left to whoever runs it', async () => {
  const { server } = await httpServer();
  assert.equal((await server.inject('/health')).headers['strict-transport-security'], undefined);
});
