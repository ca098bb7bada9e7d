import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { workbookBytes } from '../../src/results/workbook-bytes.ts';
import { readUpload } from '../support/read-upload.ts';

const HEADER = ['S. No.', 'Product Name', 'Input Image Urls', 'Note'];
const batches = async function* (...all: string[][][]) {
  yield* all;
};
const product = (number: number, note: string) => [`${number}`, `Mug ${number}`, `https://a/${number}.jpg`, note];
const notesOf = async (bytes: Buffer, sheet = '') =>
  (await readUpload('a.xlsx', bytes, { sheet })).products.map(({ cells }) => cells[3] ?? '');

describe('a workbook that is written', () => {
  test('gives every text back as it was, numbers with zeros before and behind, too', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const note = fc.oneof(
      text,
      fc.constantFrom(
        '007',
        '1.50',
        '-0',
        '4006381333931',
        '1e5',
        '=1+1',
        '_x000D_',
        'a\r\nb',
        '\u0001',
        '<&>',
        ' x ',
        '\ufffe',
      ),
      fc.float({ noNaN: true }).map(String),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(note, { minLength: 1, maxLength: 12 }), async (notes) => {
        const typed = notes.map((value) => value.replaceAll('\0', '').toWellFormed());
        const rows = typed.map((value, i) => product(i, value));
        const bytes = await buffer(workbookBytes('Products', batches([HEADER], rows.slice(0, 3), [], rows.slice(3))));
        assert.deepEqual(
          await notesOf(bytes),
          typed.map((value) => (value.trim() === '' ? '' : value)),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('goes on in further sheets where one is full', async () => {
    const rows = [HEADER, product(1, 'a'), product(2, 'b'), HEADER, product(3, 'c')];
    const bytes = await buffer(workbookBytes('Products', batches(rows), 3));
    const { layout, warnings } = await readUpload('a.xlsx', bytes);
    assert.deepEqual([layout.sheet, warnings[0]?.code], ['Products', 'several_sheets']);
    assert.deepEqual(await notesOf(bytes, 'Products 2'), ['c']);
    const full = await buffer(workbookBytes('Products', batches(rows.slice(0, 3)), 3));
    assert.deepEqual((await readUpload('a.xlsx', full)).warnings, []);
  });

  test('says where a text is cut, since Excel would call the workbook damaged', async () => {
    const bytes = await buffer(workbookBytes('Products', batches([HEADER, product(1, 'x'.repeat(40_000))])));
    const [note = ''] = await notesOf(bytes);
    assert.equal(note.length, 32_767);
    assert.match(note, /^x+… \(cut here: .*the CSV has them all\)$/);
  });

  test('breaks where its rows break, and lets them go where nobody reads on', async () => {
    const broken = async function* () {
      yield [HEADER];
      throw new Error('the request was deleted');
    };
    await assert.rejects(buffer(workbookBytes('Products', broken())), /the request was deleted/);
    let closed = false;
    const endless = async function* () {
      try {
        for (let i = 0; ; i++) yield [product(i, `${Math.random()}`)];
      } finally {
        closed = true;
      }
    };
    let bytes = 0;
    for await (const chunk of workbookBytes('Products', endless())) {
      bytes += chunk.length;
      if (bytes > 50_000) break;
    }
    assert.ok(closed);
  });

  test('takes the same memory for any number of rows', async () => {
    const rows = async function* () {
      const page = Array.from({ length: 1_000 }, (_, i) => product(i, `note ${i}`));
      for (let i = 0; i < 100; i++) yield page;
    };
    let most = 0;
    const before = process.memoryUsage().rss;
    for await (const _ of workbookBytes('Products', rows())) most = Math.max(most, process.memoryUsage().rss - before);
    assert.ok(most < 100_000_000, `${most} bytes`);
  });
});
