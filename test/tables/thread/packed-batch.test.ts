import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Product } from '../../../src/domain/product.ts';
import type { CsvBatch } from '../../../src/tables/read-products.ts';
import { packBatch, unpackBatch } from '../../../src/tables/thread/packed-batch.ts';

const product = (row: number, serial: string, name: string): Product => ({
  row,
  line: row + 2,
  serial,
  name,
  urls: [`https://a/${row}`],
  cells: [serial, `https://a/${row}`],
});

test('a title that a group of rows shares crosses to another thread once, and every row has it there', () => {
  const title = 'T'.repeat(100_000);
  const products = [
    product(0, 'h', title),
    ...Array.from({ length: 500 }, (_, i) => product(i + 1, 'h', title)),
    product(501, 'k', 'Mug'),
    product(502, 'k', title),
  ];
  const batch: CsvBatch = { products, rejected: [], warnings: [] };
  const message = packBatch(batch);
  assert.ok(JSON.stringify(message).length < 350_000);
  assert.deepEqual(unpackBatch(structuredClone(message)), batch);
});
