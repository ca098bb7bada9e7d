import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtPage, httpServer, knownKeys } from '../support/http-server.ts';

const { server } = await httpServer({ builtPage: builtPage() });

/** A path of every route, with something in the place of its parameters. */
const paths = [...server.routeTable.keys()]
  .filter((path) => !path.includes('*'))
  .map((path) => path.replace(/:\w+/g, '01900000-0000-7000-8000-000000000000'));

describe('OPTIONS', () => {
  test('says on every path which methods there are', async () => {
    for (const url of paths) {
      const response = await server.inject({ method: 'OPTIONS', url });
      assert.deepEqual([response.statusCode, response.body], [204, ''], url);
      assert.match(String(response.headers.allow), /^(GET, HEAD|POST|GET, HEAD, DELETE|DELETE), OPTIONS$/, url);
    }
    const image = await server.inject({ method: 'OPTIONS', url: '/api/image/x.jpg' });
    assert.equal(image.headers.allow, 'GET, HEAD, OPTIONS');
    const upload = await server.inject({ method: 'OPTIONS', url: '/upload/' });
    assert.equal(upload.headers.allow, 'POST, OPTIONS');
  });

  test('needs no key, as a browser asks without one, and tells nothing of what is not there', async () => {
    const { server: locked } = await httpServer({ apiKeys: knownKeys('a-key-of-some-length') });
    assert.equal((await locked.inject({ method: 'OPTIONS', url: '/api/requests' })).statusCode, 204);
    assert.equal((await locked.inject({ method: 'OPTIONS', url: '/nothing' })).statusCode, 401);
    assert.equal((await server.inject({ method: 'OPTIONS', url: '/nothing' })).statusCode, 404);
  });

  test('answers the preflight of an origin that is let in, with every method of the API', async () => {
    const shop = 'https://shop.example';
    const { server: shared } = await httpServer({ corsOrigins: [shop], apiKeys: knownKeys('a-key-of-some-length') });
    const preflight = (origin: string) =>
      shared.inject({
        method: 'OPTIONS',
        url: '/api/requests/x',
        headers: {
          origin,
          'access-control-request-method': 'DELETE',
          'access-control-request-headers': 'authorization',
        },
      });
    const { statusCode, headers } = await preflight(shop);
    assert.equal(statusCode, 204);
    assert.equal(headers['access-control-allow-origin'], shop);
    assert.match(String(headers['access-control-allow-methods']), /GET.*POST.*DELETE/);
    assert.equal(headers['access-control-allow-headers'], 'authorization');
    assert.equal((await preflight('https://thief.example')).headers['access-control-allow-origin'], undefined);
    const plain = await shared.inject({ method: 'OPTIONS', url: '/api/requests' });
    assert.deepEqual([plain.statusCode, plain.headers.allow], [204, 'GET, HEAD, OPTIONS']);
  });
});

describe('a method that a path does not have', () => {
  test('is refused with what it has, before a body is read', async () => {
    const tries = [
      ['GET', '/api/upload', 'POST, OPTIONS'],
      ['PUT', '/api/upload/', 'POST, OPTIONS'],
      ['POST', '/api/status/x', 'GET, HEAD, OPTIONS'],
      ['GET', '/api/requests/x', 'DELETE, OPTIONS'],
      ['DELETE', '/health', 'GET, HEAD, OPTIONS'],
      ['PATCH', '/', 'GET, HEAD, OPTIONS'],
    ] as const;
    for (const [method, url, allow] of tries) {
      const response = await server.inject({ method, url });
      assert.equal(response.statusCode, 405, `${method} ${url}`);
      assert.equal(response.headers.allow, allow);
      assert.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8');
      const { code, detail } = response.json();
      assert.deepEqual([code, detail], ['method_not_allowed', `Allowed here: ${allow}.`]);
    }
  });

  test('is not taken for another one by its body', async () => {
    const response = await server.inject({ method: 'PUT', url: '/api/requests', payload: { '__proto__ ': 1 } });
    assert.equal(response.statusCode, 405);
  });
});

test('HEAD has the headers of GET and no body', async () => {
  for (const url of ['/', '/health', '/api/requests', '/openapi.json', '/assets/page-1a2b.js']) {
    const [head, get] = await Promise.all([server.inject({ method: 'HEAD', url }), server.inject({ url })]);
    assert.deepEqual([head.statusCode, head.body], [200, ''], url);
    assert.equal(head.headers['content-type'], get.headers['content-type'], url);
  }
});

describe('the page', () => {
  test('is always asked for again, what it loads is kept for ever, packed where the browser takes that', async () => {
    for (const url of ['/', '/requests', '/requests/x', '/requests/x/', '/api-guide']) {
      const { statusCode, headers, body } = await server.inject({ url });
      assert.deepEqual([statusCode, body], [200, '<title>Pixmill</title>'], url);
      assert.equal(headers['cache-control'], 'no-cache');
      assert.match(String(headers['content-security-policy']), /default-src 'self'/);
    }
    const url = '/assets/page-1a2b.js';
    const plain = await server.inject({ url });
    assert.deepEqual([plain.body, plain.headers['content-encoding']], ['export {};', undefined]);
    assert.match(String(plain.headers['cache-control']), /max-age=31536000.*immutable/);
    const packed = await server.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    assert.equal(packed.headers['content-encoding'], 'gzip');
  });

  test('gives no file from beside its folder', async () => {
    for (const url of ['/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/..%2findex.html', '/assets/']) {
      assert.match(String((await server.inject({ url })).statusCode), /^40[34]$/, url);
    }
  });
});
