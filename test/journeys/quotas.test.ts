import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';

const ALICE = 'alice-0123456789abcdef';
const BOB = 'bob-0123456789abcdef00';
const jpeg = await photo(80, 60).jpeg().toBuffer();
const held = Promise.withResolvers<() => void>();
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/held.jpg': (_request, response) => held.resolve(() => response.end(jpeg)),
});

/** Uploads of one key to a server of its own. */
async function server(env: Record<string, string>) {
  const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS: `${ALICE},${BOB}`, ...env } });
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  return {
    pixmill,
    async upload(links: string[], { key = ALICE, ...headers }: Record<string, string> = {}, fields = {}) {
      const form = new FormData();
      for (const [name, value] of Object.entries<string>(fields)) form.set(name, value);
      const rows = links.map((link, row) => `${row},Mug,${origin.url}${link}?${row}\n`).join('');
      form.set('file', new File([`S. No.,Product Name,Input Image Urls\n${rows}`], 'products.csv'));
      const init = { method: 'POST', body: form, headers: { ...bearer(key), ...headers } };
      const response = await pixmill.call('/api/upload', init);
      const body = (await response.json()) as { request_id: string; code: string; detail: string };
      return { ...body, status: response.status, retryAfter: Number(response.headers.get('retry-after')) };
    },
    async requests(key = ALICE) {
      const response = await pixmill.call('/api/requests', { headers: bearer(key) });
      return ((await response.json()) as { requests: { status: string }[] }).requests;
    },
    remove: (id: string) => pixmill.call(`/api/requests/${id}`, { method: 'DELETE', headers: bearer(ALICE) }),
  };
}

test('the images of a day are counted for each key, and an upload over the quota keeps nothing', async () => {
  const { pixmill, upload, requests, remove } = await server({ PIXMILL_MAX_IMAGES_PER_DAY: '3' });
  const first = await upload(['/a.jpg', '/a.jpg'], { 'idempotency-key': 'monday' });
  assert.equal(first.status, 200);
  // Its images are in the folder of temporary files until then.
  while ((await requests())[0]?.status !== 'Completed') await sleep(50);
  const refused = await upload(['/a.jpg', '/a.jpg']);
  assert.deepEqual([refused.status, refused.code], [429, 'quota_exceeded']);
  assert.match(refused.detail, /^Limit of images a day: 3, used: 2, asked for: 2\. Upload it after/);
  assert.ok(refused.retryAfter > 0 && refused.retryAfter <= 86_400);
  assert.equal((await requests()).length, 1);
  assert.deepEqual(temporaryFiles(pixmill.dataDir), []);

  const dry = await upload(['/a.jpg', '/a.jpg', '/a.jpg'], {}, { dry_run: 'true' });
  assert.deepEqual([dry.status, dry.request_id], [200, null]);
  await remove(first.request_id);
  assert.equal((await upload(['/a.jpg', '/a.jpg'])).status, 429, 'deleting gives no images back');
  const second = await upload(['/a.jpg'], { 'idempotency-key': 'tuesday' });
  assert.equal(second.status, 200);
  const again = await upload(['/a.jpg'], { 'idempotency-key': 'tuesday' });
  assert.deepEqual([again.status, again.request_id], [200, second.request_id]);
  assert.match((await upload(['/a.jpg'])).detail, /used: 3, asked for: more/);
  assert.equal((await upload(['/a.jpg', '/a.jpg', '/a.jpg'], { key: BOB })).status, 200);
});

test('unfinished requests are limited for each key, and one that ends makes room', async () => {
  const { upload, requests } = await server({ PIXMILL_MAX_OPEN_REQUESTS: '1' });
  assert.equal((await upload(['/held.jpg'])).status, 200);
  const refused = await upload(['/a.jpg']);
  assert.deepEqual([refused.status, refused.code, refused.retryAfter], [429, 'quota_exceeded', 60]);
  assert.match(refused.detail, /^Limit of unfinished requests: 1, taken: 1, asked for: 1\. Wait/);
  assert.equal((await upload(['/a.jpg'], { key: BOB })).status, 200);
  (await held.promise)();
  while ((await requests())[0]?.status !== 'Completed') await sleep(50);
  assert.equal((await upload(['/a.jpg'])).status, 200);
});
