import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { signedLinks } from '../../src/results/image-links.ts';
import { readConfig } from '../../src/runtime/config/config.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { S3_CREDENTIALS, startS3 } from '../support/s3.ts';

const HOUR_MS = 3_600_000;
const server = await startPostgres();
const endpoint = await startS3();
const origin = await startOrigin({ '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
const CSV = `S. No.,Product Name,Input Image Urls\n1,Mug,"${origin.url}/a.jpg,${origin.url}/lost.jpg"\n`;

interface Details {
  products: { images: { output_url: string | null; path: string | null }[] }[];
}

/** Uploads one image and a dead link. @returns the request and what the details say of the image */
async function finish(pixmill: RunningPixmill): Promise<{ id: string; link: string; path: string }> {
  const { request_id: id } = (await (await pixmill.upload(CSV)).json()) as { request_id: string };
  await pixmill.finished(id);
  const { products } = (await (await pixmill.call(`/api/details/${id}`)).json()) as Details;
  const { output_url, path } = products[0]?.images[0] ?? assert.fail('no image');
  return { id, link: output_url ?? '', path: path ?? '' };
}

async function refusal(url: string): Promise<[number, string, string]> {
  const response = await fetch(url);
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  assert.match(response.headers.get('cache-control') ?? '', /no-store/);
  return [response.status, code, detail];
}

test('signed links open the image, everything else is refused and says what to do', async () => {
  const pixmill = await startPixmill({ env: { PIXMILL_SIGNED_URLS: '2h', PIXMILL_LOG_LEVEL: 'info' } });
  const { id, link, path } = await finish(pixmill);
  assert.match(path, /^mug-1-[0-9a-z]{20}\.jpg$/);
  assert.match(link, new RegExp(`^${pixmill.url}/api/image/${path}\\?expires=\\d+&signature=[\\w-]{43}$`));

  const readers = [`details/${id}`, `products/${id}`, `download/${id}`, `download/${id}?layout=import`];
  for (const route of [`/fetch/${id}`, ...readers.map((reader) => `/api/${reader}`)]) {
    const text = await (await pixmill.call(route)).text();
    assert.ok(text.includes(link), route);
  }
  const [row] = parse(await (await pixmill.call(`/api/download/${id}`)).text(), { columns: true }) as object[];
  assert.deepEqual(Object.values(row ?? {}).at(-1), `${link},Error processing image`);

  const response = await fetch(link);
  assert.equal(response.status, 200);
  const bytes = await response.bytes();
  const age = Number(/^public, max-age=(\d+), immutable$/.exec(response.headers.get('cache-control') ?? '')?.[1]);
  const left = Number(new URL(link).searchParams.get('expires')) - Date.now() / 1_000;
  assert.ok(age <= left + 5 && age > 2 * 3_600 - 60, `${age} of ${left}`);

  const head = await fetch(link, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(bytes.length)]);
  const part = await fetch(link, { headers: { range: 'bytes=2-5' } });
  assert.deepEqual([part.status, await part.bytes()], [206, bytes.slice(2, 6)]);
  const etag = response.headers.get('etag') ?? '';
  const unchanged = await fetch(link, { headers: { 'if-none-match': etag } });
  assert.deepEqual([unchanged.status, unchanged.headers.get('cache-control')?.includes('31536000')], [304, false]);

  const bare = `${pixmill.url}/api/image/${path}`;
  for (const wrong of [bare, link.replace('mug-1', 'mug-2'), link.replace('expires=1', 'expires=2'), `${link}x`]) {
    assert.deepEqual((await refusal(wrong)).slice(0, 2), [403, 'invalid_signature'], wrong);
  }
  const database = new DatabaseSync(join(pixmill.dataDir, 'pixmill.sqlite'), { readOnly: true });
  const secret = String(database.prepare("select value from settings where name = 'link_secret'").get()?.value);
  database.close();
  const yesterday = signedLinks(secret, HOUR_MS, () => Date.now() - 24 * HOUR_MS);
  assert.deepEqual(await refusal(yesterday.linkTo({ linkBase: `${pixmill.url}/api/image/` }, path)), [
    410,
    'link_expired',
    'Ask for the results again: they come with fresh links.',
  ]);

  // Switched off again, links and images are as they always were.
  await pixmill.stop();
  assert.ok(pixmill.log().includes(path) && !pixmill.log().includes('signature='));
  const off = await startPixmill({ dataDir: pixmill.dataDir });
  const { products } = (await (await off.call(`/api/details/${id}`)).json()) as Details;
  assert.equal(products[0]?.images[0]?.output_url, bare);
  const plain = await off.call(`/api/image/${path}?expires=1&v=2`);
  assert.equal(plain.status, 200);
  assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable');
});

test('every process of a cluster takes the links of the others, and may send callers on to the bucket', async () => {
  const env = {
    ...S3_CREDENTIALS,
    PIXMILL_DATABASE_URL: await server.newDatabase(),
    PIXMILL_STORAGE_URL: `s3://images/shop?endpoint=${endpoint}`,
    PIXMILL_SIGNED_URLS: '7d',
    PIXMILL_CONCURRENCY: '1',
  };
  const [first, second] = await Promise.all([
    startPixmill({ env }),
    startPixmill({ env: { ...env, PIXMILL_ROLE: 'api', PIXMILL_STORAGE_REDIRECT: 'on' } }),
  ]);
  const { link } = await finish(first);
  const bytes = await (await fetch(link)).bytes();
  assert.ok(bytes.length > 1_000);

  const elsewhere = link.replace(first.url, second.url);
  const redirect = await fetch(elsewhere, { redirect: 'manual' });
  assert.equal(redirect.status, 307);
  const address = redirect.headers.get('location') ?? '';
  assert.ok(address.startsWith(`${endpoint}/images/shop/`));
  assert.match(redirect.headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
  assert.equal((await fetch(elsewhere, { redirect: 'manual' })).headers.get('location'), address);

  assert.deepEqual(await (await fetch(elsewhere)).bytes(), bytes);
  assert.deepEqual(await (await fetch(elsewhere, { headers: { range: 'bytes=2-5' } })).bytes(), bytes.slice(2, 6));
  const head = await fetch(elsewhere, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(bytes.length)]);
  assert.deepEqual((await refusal(`${elsewhere}x`)).slice(0, 2), [403, 'invalid_signature']);
});

test('settings that cannot go together are refused', () => {
  const problems = (env: Record<string, string>) => readConfig(env, '').problems.join('\n');
  for (const value of ['0', '8d', '169h', '1w', 'x']) {
    assert.match(problems({ PIXMILL_SIGNED_URLS: value }), /PIXMILL_SIGNED_URLS must be hours or days/);
  }
  assert.match(
    problems({ PIXMILL_SIGNED_URLS: '7d', PIXMILL_STORAGE_PUBLIC_URL: 'https://cdn.example' }),
    /PIXMILL_SIGNED_URLS cannot go with PIXMILL_STORAGE_PUBLIC_URL/,
  );
  assert.match(problems({ PIXMILL_STORAGE_REDIRECT: 'on' }), /needs PIXMILL_SIGNED_URLS/);
});
