import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProducts } from '../../src/csv/read-products.ts';
import { csvText, resultCells, resultHeader } from '../../src/csv/write-results.ts';

const LIMITS = { imagesPerRequest: 1_000, urlsPerProduct: 50, urlLength: 2_048 };

async function readSample(name: string) {
  const open = () => createReadStream(join(import.meta.dirname, '../../samples/exports', name));
  const { layout, batches } = await readProducts(open, { limits: LIMITS });
  const all = [];
  for await (const { products, rejected, warnings } of batches) {
    assert.deepEqual([rejected, warnings], [[], []]);
    all.push(...products);
  }
  return { layout, products: all };
}

test('a WooCommerce export', async () => {
  const { layout, products } = await readSample('woocommerce.csv');
  assert.deepEqual(
    products.map(({ serial, name, urls }) => [serial, name, urls.length]),
    [
      ['101', 'Blue Mug', 2],
      ['102', 'Red Mug', 1],
    ],
  );
  assert.equal(resultHeader(layout), 'ID,Type,SKU,Name,Published,Regular price,Images,Output Image Urls\n');
});

test('a Google Merchant feed: the first image and the additional ones, given back as they were', async () => {
  const { layout, products } = await readSample('google-merchant.tsv');
  assert.equal(layout.delimiter, '\t');
  assert.deepEqual(
    products.map(({ serial, name, urls }) => [serial, name, urls]),
    [
      [
        'mug-1',
        'Blue Mug',
        ['https://shop.example/mug-1.jpg', 'https://shop.example/mug-2.jpg', 'https://shop.example/mug-3.jpg'],
      ],
      ['mug-2', 'Red Mug', ['https://shop.example/red.jpg']],
    ],
  );
  const rows = products.map((product) => resultCells(layout, product, ['out.jpg']));
  assert.match(csvText(layout, rows), /\tA mug, red|\t"A mug, red"/);
  assert.deepEqual(rows[1]?.slice(4), ['https://shop.example/red.jpg', '', '8.50 EUR', 'out.jpg']);
});

test('a feed without its additional column is read, too', async () => {
  const open = async function* () {
    yield Buffer.from('id\ttitle\timage_link\t\nm\tMug\thttps://shop.example/a.jpg\t\n');
  };
  const { layout } = await readProducts(open, { limits: LIMITS });
  assert.deepEqual(layout.imageColumns, [2]);
});
