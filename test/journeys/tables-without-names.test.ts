import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

const jpeg = await photo(80, 60).jpeg({ quality: 95 }).toBuffer();
const origin = await startOrigin({ '/img/blue%20mug.jpg': jpeg, '/img/cup.jpg': jpeg });
const pixmill = await startPixmill();
const MUG = `${origin.url}/img/blue%20mug.jpg`;
const CUP = `${origin.url}/img/cup.jpg`;
const LOST = `${origin.url}/img/lost.jpg`;

interface Answer {
  request_id: string;
  warnings: { line: number; column: string | null; code: string; message: string }[];
  report: { columns: object; preview: { serial_number: number | string; product_name: string }[] };
}

async function call(path: string) {
  const response = await pixmill.call(path);
  assert.equal(response.status, 200, path);
  return response;
}

/** What comes back of a table, wherever one looks for it. */
async function run(table: string) {
  const dry = (await (await pixmill.upload(table, { dry_run: 'true' })).json()) as Answer;
  const { request_id: id, warnings } = (await (await pixmill.upload(table)).json()) as Answer;
  await pixmill.finished(id);
  const details = (await (await call(`/api/details/${id}`)).json()) as {
    products: { serial_number: number | string; product_name: string; images: { path: string | null }[] }[];
  };
  const { products } = (await (await call(`/api/products/${id}`)).json()) as typeof details;
  const named = (list: { serial_number: number | string; product_name: string }[]) =>
    list.map(({ serial_number, product_name }) => [serial_number, product_name]);
  assert.deepEqual(warnings, dry.warnings);
  assert.deepEqual(named(details.products), named(products));
  assert.deepEqual(named(dry.report.preview), named(products));
  return {
    columns: dry.report.columns,
    codes: warnings.map(({ line, column, code }) => [line, column, code]),
    rows: named(products),
    files: details.products.map(({ images }) => images[0]?.path?.replace(/-1-\w+\.jpg$/, '')),
    result: (await (await call(`/api/download/${id}`)).text()).replace(/http[^,\s]+\/api\/image\/\S+/g, 'NEW'),
    imported: (await (await call(`/api/download/${id}?layout=import`)).text()).replace(
      /http[^,\s]+\/api\/image\/\S+/g,
      'NEW',
    ),
    errors: await (await call(`/api/requests/${id}/errors.csv`)).text(),
  };
}

test('without serial numbers the rows are numbered, and the result is the table as it was', async () => {
  const { columns, codes, rows, files, result, imported, errors } = await run(
    `SKU,Image URL\nM-1,${MUG}\nC-2,${CUP}\nL-3,${LOST}\n`,
  );
  assert.deepEqual(columns, { serial_number: null, product_name: 'SKU', images: ['Image URL'] });
  assert.deepEqual(codes, [[1, null, 'rows_are_numbered']]);
  assert.deepEqual(rows, [
    [1, 'M-1'],
    [2, 'C-2'],
    [3, 'L-3'],
  ]);
  assert.deepEqual(files, ['m-1', 'c-2', undefined]);
  assert.equal(
    result,
    `SKU,Image URL,Output Image Urls\nM-1,${MUG},NEW\nC-2,${CUP},NEW\nL-3,${LOST},Error processing image\n`,
  );
  assert.equal(imported, `SKU,Image URL\nM-1,NEW\nC-2,NEW\nL-3,${LOST}\n`);
  assert.match(errors, /^SKU,Image URL,URL,Stage,Code,Message,Hint\nL-3,.*,http_404,/);
});

test('links alone are named by their files', async () => {
  const { columns, codes, rows, files, result } = await run(`Image URL\n${MUG}\n${CUP}\n`);
  assert.deepEqual(columns, { serial_number: null, product_name: null, images: ['Image URL'] });
  assert.deepEqual(codes, [
    [1, null, 'rows_are_numbered'],
    [1, null, 'names_are_assumed'],
  ]);
  assert.deepEqual(rows, [
    [1, 'blue mug'],
    [2, 'cup'],
  ]);
  assert.deepEqual(files, ['blue-mug', 'cup']);
  assert.equal(result, `Image URL,Output Image Urls\n${MUG},NEW\n${CUP},NEW\n`);
});

test('empty cells are filled in answers, not in the result', async () => {
  const { columns, codes, rows, files, result } = await run(
    `#,Name,Image URL\nA7,,${MUG}\n,Cup,${CUP}\n,,${CUP}\n12,,${LOST}\n`,
  );
  assert.deepEqual(columns, { serial_number: '#', product_name: 'Name', images: ['Image URL'] });
  assert.deepEqual(codes, [
    [3, '#', 'missing_serial'],
    [2, 'Name', 'missing_name'],
  ]);
  assert.deepEqual(rows, [
    ['A7', 'A7'],
    [2, 'Cup'],
    [3, 'cup'],
    [12, '12'],
  ]);
  assert.deepEqual(files.slice(0, 3), ['a7', 'cup', 'cup']);
  assert.equal(
    result,
    `#,Name,Image URL,Output Image Urls\nA7,,${MUG},NEW\n,Cup,${CUP},NEW\n,,${CUP},NEW\n12,,${LOST},Error processing image\n`,
  );
});

test('only a table without a column for images is refused, in a sentence that says what to do', async () => {
  const answer = await pixmill.upload('SKU,Price\nM-1,9.50\n');
  const { code, detail } = (await answer.json()) as { code: string; detail: string };
  assert.deepEqual([answer.status, code], [422, 'missing_columns']);
  assert.match(
    detail,
    /line 1 looks like the header, and has no column for image links\. Found: "SKU", "Price"\. No column holds links\. Add a column "Image Urls"/,
  );
});
