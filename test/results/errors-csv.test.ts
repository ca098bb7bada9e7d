import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { errorsCsv } from '../../src/results/errors-csv.ts';
import { FAILED, newProducts, newRequest, uploadOf } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';

test('a long row all of whose images failed comes in pieces, once for each image', async () => {
  const { store } = await sqliteStore();
  const links = Array.from({ length: 30 }, (_, i) => `https://a/${i}.jpg`);
  const long = newProducts([links]).map((product) => ({ ...product, cells: ['1', 'x'.repeat(800_000), null] }));
  const request = newRequest();
  const number = await store.beginRequest(request);
  await store.appendProducts(number, long);
  await store.publishRequest(number, uploadOf(long));
  const outcome = { request: number, attempts: 1, lease: 9, settlement: FAILED };
  await store.recordOutcomes(links.map((_, image) => ({ ...outcome, number: image })));
  const record = (await store.findRequest(request.id)) ?? assert.fail();
  let text = '';
  for await (const piece of errorsCsv(store, record)) {
    assert.ok(piece.length < 2_000_000, `${piece.length} characters at once`);
    text += piece;
  }
  const rows = parse(text) as string[][];
  assert.deepEqual(
    rows.slice(1).map(([serial, , image, url]) => [serial, image, url]),
    links.map((link) => ['1', link, link]),
  );
});
