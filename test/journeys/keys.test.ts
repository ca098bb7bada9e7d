import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  assert.deepEqual(((await (await get('/api/requests', bearer(BOB))).json()) as { requests: unknown[] }).requests, []);
  let path = '';
  while (!path) {
    const { products } = (await (await get(`/api/details/${id}`, bearer(ALICE))).json()) as {
      products: { images: { path: string | null }[] }[];
    };
    path = products[0]?.images[0]?.path ?? '';
  }
  assert.equal((await get(`/api/image/${path}`)).status, 200);
});

test('without keys it does not listen beyond this machine', async () => {
  const { exitCode, err } = await runCommand(['start'], { PIXMILL_HOST: '0.0.0.0', PIXMILL_PORT: '0' });
  assert.equal(exitCode, 1);
  assert.match(err, /PIXMILL_API_KEYS/);
  const short = await runCommand(['start'], { PIXMILL_API_KEYS: 'short-secret' });
  assert.match(short.err, /PIXMILL_API_KEYS must hold keys/);
  assert.ok(!short.err.includes('short-secret'));
});
