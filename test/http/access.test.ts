import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtPage, httpServer, knownKeys } from '../support/http-server.ts';

const ALICE = 'alice-0123456789abcdef';
const BOB = 'bob-0123456789abcdef00';
const { server } = await httpServer({
  apiKeys: knownKeys(ALICE, BOB),
  requestsPerMinute: 1_000,
  builtPage: builtPage(),
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Method and path of every route that says so of itself in its configuration. */
const routesWith = (name: 'access' | 'rateLimit' | 'log', value: unknown): string[] =>
  [...server.routeTable]
    .flatMap(([path, routes]) => routes.map((route) => ({ path, route })))
    .filter(({ route }) => route.config?.[name] === value)
    .flatMap(({ path, route }) => [route.method].flat().map((method) => `${method} ${path}`))
    .filter((route) => !route.startsWith('OPTIONS '))
    .sort();

/** Those methods of a path that it has, not those that are refused with 405. */
const served = (routes: string[]) => routes.filter((route) => /^(GET|HEAD) /.test(route) || /session$/.test(route));

const FILES = ['/api/image/:filename', '/api/image/:folder/:filename', '/assets/*', '/health', '/ready'];
const both = (paths: string[]) => paths.flatMap((path) => [`GET ${path}`, `HEAD ${path}`]).sort();

describe('what a route needs is said at the route, and the default is the safe one', () => {
  test('only images, health, the page and its session are open', () => {
    const open = served(routesWith('access', 'open')).filter((route) => !/ \/api\/session$/.test(route));
    assert.deepEqual(open, both([...FILES, '/', '/requests', '/requests/:id', '/api-guide']));
    assert.deepEqual(
      routesWith('access', 'open').filter((route) => / \/api\/session$/.test(route)),
      ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'].map((method) => `${method} /api/session`),
    );
  });

  test('only what every visitor of a shop or a machine asks for is not limited, and quiet in the log', () => {
    assert.deepEqual(routesWith('rateLimit', false), both([...FILES, '/metrics']));
    assert.deepEqual(routesWith('log', 'quiet'), both([...FILES, '/metrics']));
  });

  test('every other route refuses a request without a key, whatever its method, before it does anything', async () => {
    const open = new Set(routesWith('access', 'open'));
    let refused = 0;
    for (const [path, routes] of server.routeTable) {
      for (const method of routes.flatMap((route) => route.method)) {
        if (open.has(`${method} ${path}`) || method === 'OPTIONS') continue;
        const url = path.replace(/:\w+|\*/g, 'x');
        const response = await server.inject({ method: method as 'GET', url });
        assert.equal(response.statusCode, 401, `${method} ${path}`);
        refused++;
      }
    }
    assert.ok(refused > 100, `${refused} routes were asked`);
  });
});

describe('with keys', () => {
  test('a path that is written in another way, and one that does not exist, need one too', async () => {
    for (const url of ['/nothing', '/api/../api/requests', '//api/requests', '/API/requests', '/api/requests/']) {
      const response = await server.inject({ url });
      assert.equal(response.statusCode, 401, url);
      assert.equal(response.headers['www-authenticate'], 'Bearer realm="Pixmill"');
      assert.equal(response.json().code, 'unauthorized');
    }
  });

  test('a wrong key, an empty one and a made-up session are none', async () => {
    const wrong = [bearer('wrong'), bearer(''), { 'x-api-key': 'wrong' }, { cookie: 'pixmill_session=x' }];
    for (const headers of wrong) {
      assert.equal((await server.inject({ url: '/api/requests', headers })).statusCode, 401, JSON.stringify(headers));
    }
  });

  test('a key is taken from either header', async () => {
    for (const headers of [bearer(ALICE), { 'x-api-key': BOB }]) {
      assert.equal((await server.inject({ url: '/api/requests', headers })).statusCode, 200);
    }
  });

  test('a wrong key is not made good by a session', async () => {
    const payload = { key: BOB };
    const login = await server.inject({ method: 'POST', url: '/api/session', payload });
    const session = String(login.headers['set-cookie']).split(';')[0] ?? '';
    assert.equal((await server.inject({ url: '/api/requests', headers: { cookie: session } })).statusCode, 200);
    const headers = { cookie: session, ...bearer('wrong') };
    assert.equal((await server.inject({ url: '/api/requests', headers })).statusCode, 401);
  });

  test('a browser trades the key for a cookie that no script can read', async () => {
    const login = (key: string) => server.inject({ method: 'POST', url: '/api/session', payload: { key } });
    assert.equal((await login('wrong')).statusCode, 401);
    const cookie = String((await login(BOB)).headers['set-cookie']);
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Strict/);
    assert.doesNotMatch(cookie, new RegExp(BOB));
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    for (const url of ['/api/requests', '/docs', '/redoc', '/openapi.json']) {
      assert.equal((await server.inject({ url, headers })).statusCode, 200, url);
    }
    const logout = await server.inject({ method: 'DELETE', url: '/api/session' });
    assert.match(String(logout.headers['set-cookie']), /^pixmill_session=;/);
  });
});

test('without keys there is no session to open', async () => {
  const { server: free } = await httpServer();
  const response = await free.inject({ method: 'POST', url: '/api/session', payload: { key: 'x' } });
  assert.equal(response.statusCode, 404);
});

test('a rate limit refuses with 429 and Retry-After, each key by itself, and leaves images alone', async () => {
  const { server: limited } = await httpServer({ apiKeys: knownKeys(ALICE, BOB), requestsPerMinute: 20 });
  const get = (url: string, key: string) => limited.inject({ url, headers: bearer(key) });
  for (let i = 0; i < 20; i++) assert.equal((await get('/api/requests', ALICE)).statusCode, 200);
  const refused = await get('/api/requests', ALICE);
  assert.equal(refused.statusCode, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal(refused.json().code, 'too_many_calls');
  assert.equal((await get('/api/requests', BOB)).statusCode, 200);
  for (let i = 0; i < 30; i++) assert.equal((await get('/api/image/x.jpg', ALICE)).statusCode, 404);
});
