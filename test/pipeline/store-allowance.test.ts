import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { Problem } from '../../src/domain/problem.ts';
import { previewUpload } from '../../src/pipeline/preview-upload.ts';
import { readProducts } from '../../src/tables/read-products.ts';

const EXPORTS = join(import.meta.dirname, '../../samples/exports');

/** What a dry run says of a table. @param free false: without the megabyte that every upload has */
function check(csv: string, fields: { skipBadRows?: boolean; storedPerByte?: number; free?: boolean } = {}) {
  const { skipBadRows = false, storedPerByte = 4, free = true } = fields;
  const bytes = Buffer.from(csv);
  const open = async function* () {
    yield bytes;
  };
  const form = {
    read: (settings: Parameters<typeof readProducts>[1]) => readProducts(open, settings),
    fields: new Map<string, string>(),
    bytes: bytes.length - (free ? 0 : 1_000_000 / storedPerByte),
  };
  return previewUpload(form, { on_error: skipBadRows ? 'skip' : 'refuse' }, { ...DEFAULT_LIMITS, storedPerByte });
}

const refusal = (csv: string, fields?: Parameters<typeof check>[1]) =>
  check(csv, fields).then(
    () => assert.fail('it was accepted'),
    (error) => (error instanceof Problem ? error : assert.fail(String(error))),
  );

const table = (header: string, rows: number, row: (index: number) => string) =>
  `${header}\n${Array.from({ length: rows }, (_, index) => `${row(index)}\n`).join('')}`;
const HEADER = 'S. No.,Product Name,Input Image Urls';

test('tables as people have them are accepted, whatever their shape', async () => {
  const description = '"<p>Stoneware, ""fired"" twice.</p>\n"'.repeat(20);
  const shapes = {
    narrow: table(HEADER, 5_000, (i) => `${i},M${i},http://a.b/${i}.jpg`),
    'ten image columns': table(
      `S. No.,Product Name${Array.from({ length: 10 }, (_, i) => `,Image ${i + 1}`).join('')}`,
      500,
      (i) => `${i},Mug${`,http://a.b/${i}.jpg`.repeat(10)}`,
    ),
    'hundreds of empty columns': table(
      `${HEADER}${',x'.repeat(900)}`,
      200,
      (i) => `${i},M,http://a.b/${i}${','.repeat(899)}x`,
    ),
    'long texts': table(`${HEADER},Text`, 200, (i) => `${i},Mug,http://a.b/${i}.jpg,${description}`),
    'letters of two bytes': table(HEADER, 2_000, (i) => `${i},Tasse für Müsli und Öl ${i},http://a.b/${i}.jpg`),
    'rows that take a long title from above': table('Handle,Title,Image Src', 4_000, (i) =>
      i % 20 === 0 ? `mug-${i},${'Mug '.repeat(60)},//a.b/${i}` : `mug-${i - (i % 20)},,//a.b/${i}`,
    ),
  };
  for (const [shape, csv] of Object.entries(shapes)) {
    await assert.doesNotReject(check(csv, { free: false }), shape);
  }
  for (const name of readdirSync(EXPORTS).filter((file) => file.endsWith('.csv'))) {
    const [header = '', ...rows] = readFileSync(join(EXPORTS, name), 'utf8').split(/\r?\n(?=\S)/);
    await assert.doesNotReject(check(`${header}\n${`${rows.join('\n')}\n`.repeat(50)}`, { free: false }), name);
  }
});

test('a table half of which is left out is accepted', async () => {
  const csv = table(HEADER, 4_000, (i) => `${i},Mug,${i % 2 ? '' : `https://cdn.shop.example/${i}.jpg`}`);
  assert.equal((await check(csv, { skipBadRows: true, free: false })).errorCount, 2_000);
});

test('serial numbers taken from above are refused where they weigh more than the table, and small tables never', async () => {
  const rows = (count: number) =>
    `Handle,Title,Image Src,ID\nh,T,//a/0,${'7'.repeat(50_000)}\n${'h,,//a/1,\n'.repeat(count)}`;
  await assert.doesNotReject(check(rows(15)));
  const { code, detail, issues } = await refusal(rows(3_000));
  assert.equal(code, 'too_much_to_store');
  assert.match(
    detail ?? '',
    /^With the row on line \d+ the table takes more than 13\d{5} bytes to store: 4 times its own/,
  );
  assert.match(detail ?? '', /split the file and upload the parts\.$/);
  assert.deepEqual([issues.length, issues[0]?.code], [1, code]);
  assert.ok((issues[0]?.line ?? 99) < 30);
  await assert.doesNotReject(check(rows(3_000), { storedPerByte: 2_000 }));
});

test('rows that are left out are refused where their reasons weigh more than the table', async () => {
  const csv = `${HEADER}\n0,Mug,//a/0\n${'1\n'.repeat(20_000)}`;
  assert.equal((await refusal(csv, { skipBadRows: true })).code, 'too_much_to_store');
  // Where they refuse the upload, nothing of them is stored, and their list says more.
  assert.equal((await check(csv)).errorCount, 20_000);
});

test('rows without an image are refused where there is nothing to them', async () => {
  const csv = `Handle,Title,Image Src\nh,Mug,//a/0\n${'h\n'.repeat(45_000)}`;
  assert.equal((await refusal(csv)).code, 'too_much_to_store');
});
