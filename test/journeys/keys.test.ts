import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';

const ALICE = 'alice-0123456789abcdef';
const BOB = 'bob-0123456789abcdef00';
const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS: `${ALICE}, ${BOB}`, PIXMILL_HOST: '0.0.0.0' } });
const url = pixmill.url.replace('0.0.0.0', '127.0.0.1');
const CSV = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`;

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function upload(key: string): Promise<string> {
  const form = new FormData();
  form.set('file', new File([CSV], 'products.csv'));
  const response = await fetch(`${url}/api/upload`, { method: 'POST', body: form, headers: bearer(key) });
  assert.equal(response.status, 200);
  return ((await response.json()) as { request_id: string }).request_id;
}

describe('with keys', () => {
  test('everything but images, health and the page needs one', async () => {
    for (const path of [
      '/api/requests',
      '/api/status/x',
      '/docs',
      '/docs/json',
      '/redoc',
      '/openapi.json',
      '/fetch/x',
      '/nothing',
      '/api/../api/requests',
      '//api/requests',
      '/API/requests',
    ]) {
      for (const headers of [
        {},
        bearer('wrong'),
        bearer(''),
        { 'x-api-key': 'wrong' },
        { cookie: 'pixmill_session=x' },
      ]) {
        const response = await get(path, headers);
        assert.equal(response.status, 401, path);
        assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="Pixmill"');
        assert.equal(((await response.json()) as { code: string }).code, 'unauthorized');
      }
    }
    const refused = await fetch(`${url}/api/upload`, { method: 'POST', body: new FormData() });
    assert.equal(refused.status, 401);
    for (const path of ['/health', '/ready']) assert.equal((await get(path)).status, 200);
    assert.equal((await get('/api/image/x.jpg')).status, 404);
  });

  test('each key sees only its own requests, images are for everybody', async () => {
    const id = await upload(ALICE);
    assert.equal((await get(`/api/status/${id}`, bearer(ALICE))).status, 200);
    assert.equal((await get(`/api/status/${id}`, { 'x-api-key': ALICE })).status, 200);
    for (const path of [
      `/api/status/${id}`,
      `/api/products/${id}`,
      `/fetch/${id}`,
      `/api/download/${id}`,
      `/api/requests/${id}/images.zip`,
      `/api/requests/${id}/events`,
    ]) {
      assert.equal((await get(path, bearer(BOB))).status, 404, path);
    }
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/cancel'],
      ['POST', '/retry'],
    ] as const) {
      assert.equal((await fetch(`${url}/api/requests/${id}${path}`, { method, headers: bearer(BOB) })).status, 404);
    }
    assert.deepEqual(
      ((await (await get('/api/requests', bearer(BOB))).json()) as { requests: unknown[] }).requests,
      [],
    );
    let path = '';
    while (!path) {
      const { products } = (await (await get(`/api/details/${id}`, bearer(ALICE))).json()) as {
        products: { images: { path: string | null }[] }[];
      };
      path = products[0]?.images[0]?.path ?? '';
    }
    assert.equal((await get(`/api/image/${path}`)).status, 200);
  });

  test('a browser trades the key for a cookie that no script can read', async () => {
    const login = (key: string) =>
      fetch(`${url}/api/session`, {
        method: 'POST',
        body: JSON.stringify({ key }),
        headers: { 'content-type': 'application/json' },
      });
    assert.equal((await login('wrong')).status, 401);
    const cookie = (await login(BOB)).headers.get('set-cookie') ?? '';
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Strict/);
    assert.ok(!cookie.includes(BOB));
    const session = cookie.split(';')[0] ?? '';
    for (const path of ['/api/requests', '/docs', '/redoc', '/openapi.json'])
      assert.equal((await get(path, { cookie: session })).status, 200);
  });
});

test('without keys it does not listen beyond this machine', async () => {
  const { exitCode, err } = await runCommand(['start'], { PIXMILL_HOST: '0.0.0.0', PIXMILL_PORT: '0' });
  assert.equal(exitCode, 1);
  assert.match(err, /PIXMILL_API_KEYS/);
  const short = await runCommand(['start'], { PIXMILL_API_KEYS: 'short-secret' });
  assert.match(short.err, /PIXMILL_API_KEYS must hold keys/);
  assert.ok(!short.err.includes('short-secret'));
});

test('a rate limit answers 429 with Retry-After, and leaves images alone', async () => {
  const limited = await startPixmill({ env: { PIXMILL_RATE_LIMIT: '20' } });
  const statuses = await Promise.all(
    Array.from({ length: 30 }, async () => (await limited.call('/api/requests')).status),
  );
  assert.equal(statuses.filter((status) => status === 429).length, 10);
  const refused = await limited.call('/api/requests');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal(((await refused.json()) as { code: string }).code, 'too_many_calls');
  assert.equal((await limited.call('/api/image/x.jpg')).status, 404);
});
