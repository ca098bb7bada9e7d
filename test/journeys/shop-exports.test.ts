import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

const SAMPLES = join(import.meta.dirname, '../../samples/exports');
const jpeg = await photo(80, 60).jpeg().toBuffer();
const paths = ['mug-1', 'mug-2', 'mug-large', 'red'].map((name) => [`/${name}.jpg`, jpeg]);
const origin = await startOrigin(Object.fromEntries(paths));
const pixmill = await startPixmill();

type Row = Record<string, string>;
const rowsOf = (csv: string) => parse(csv, { columns: true, bom: true }) as Row[];

/** What became of a sample that is uploaded with its links leading to our host. `mug-3.jpg` is not there. */
async function process(text: string) {
  const answer = (await (await pixmill.upload(text)).json()) as { request_id: string; products_total: number };
  const status = await pixmill.finished(answer.request_id);
  const download = async (query = '') => (await pixmill.call(`/api/download/${answer.request_id}${query}`)).text();
  return {
    id: answer.request_id,
    answer,
    status,
    result: await download(),
    imported: await download('?layout=import'),
  };
}

test('a Shopify export comes back with every row, and in a form that Shopify imports again', async () => {
  const sample = readFileSync(join(SAMPLES, 'shopify.csv'), 'utf8');
  const uploaded = sample.replaceAll('https://shop.example', origin.url);
  const { id, answer, status, result, imported } = await process(uploaded);
  assert.equal(answer.products_total, 4, 'the row without an image counts nothing');
  assert.deepEqual([status.shop_export, status.images_total, status.images_failed], ['shopify', 6, 1]);

  const before = rowsOf(uploaded);
  const after = rowsOf(result);
  const { 'Output Image Urls': _, ...first } = after[0] ?? {};
  assert.deepEqual(first, before[0]);
  assert.deepEqual(after[4], { ...before[4], 'Output Image Urls': '' });

  const again = rowsOf(imported);
  assert.deepEqual(Object.keys(again[0] ?? {}), Object.keys(before[0] ?? {}));
  assert.match(again[0]?.['Image Src'] ?? '', /\/api\/image\/blue-mug-1-/);
  // One picture under two links would be two pictures in the shop.
  assert.equal(again[0]?.['Variant Image'], again[0]?.['Image Src']);
  assert.match(again[1]?.['Variant Image'] ?? '', /\/api\/image\//);
  assert.equal(again[2]?.['Image Src'], `${origin.url}/mug-3.jpg`, 'a failed image keeps its link');
  assert.equal(again[2]?.['Image Alt Text'], '-20% this week');
  assert.deepEqual(again[4], before[4]);
  assert.equal((await process(imported)).status.images_failed, 1);

  const { products } = (await (await pixmill.call(`/api/products/${id}`)).json()) as { products: Row[] };
  assert.deepEqual(
    products.map(({ serial_number, product_name }) => [serial_number, product_name]),
    [
      [1, 'Blue Mug'],
      [2, 'Blue Mug'],
      [3, 'Blue Mug'],
      [4, 'Red Mug'],
    ],
  );
});

test('every sample passes the preflight', async () => {
  for (const [name, images, warnings] of [
    ['shopify.csv', 6, ['rows_are_numbered']],
    ['woocommerce.csv', 4, []],
    ['google-merchant.tsv', 4, []],
    ['products.xlsx', 3, []],
  ] as const) {
    const form = new FormData();
    form.set('dry_run', 'true');
    form.set('file', new File([readFileSync(join(SAMPLES, name))], name));
    const answer = await pixmill.call('/api/upload', { method: 'POST', body: form });
    const report = (await answer.json()) as { images_total: number; errors: object[]; warnings: { code: string }[] };
    assert.deepEqual([report.images_total, report.errors], [images, []], name);
    assert.deepEqual(
      report.warnings.map(({ code }) => code),
      warnings,
    );
  }
});

test('a table of no shop is none', async () => {
  const { status } = await process(`id,name,image\n1,Mug,${origin.url}/red.jpg\n`);
  assert.equal(status.shop_export, null);
});

test('another layout than the two is refused', async () => {
  const { id } = await process(`id,name,image\n1,Mug,${origin.url}/red.jpg\n`);
  const answer = await pixmill.call(`/api/download/${id}?layout=xml`);
  assert.equal(answer.status, 400);
});
