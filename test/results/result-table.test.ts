import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { note } from '../../src/domain/catalogues/notes.ts';
import type { CsvLayout } from '../../src/domain/product.ts';
import type { ImageRecord } from '../../src/domain/request.ts';
import type { Layout } from '../../src/domain/result-forms.ts';
import type { ProductRecord, RequestRecord } from '../../src/pipeline/ports/store/records.ts';
import { LASTING_LINKS } from '../../src/results/image-links.ts';
import { resultTable } from '../../src/results/result-table.ts';
import { readUpload } from '../support/read-upload.ts';
import { LAYOUT } from '../support/rows.ts';

const image = (number: number, changes: Partial<ImageRecord> = {}) => ({
  number,
  row: 0,
  position: 1,
  inputUrl: `https://a/${number}.jpg`,
  status: 'done' as const,
  key: `k${number}.jpg`,
  outcome: 'compressed' as const,
  error: null,
  notes: [],
  formatIn: 'jpeg' as const,
  formatOut: 'jpeg' as const,
  widthIn: 900,
  heightIn: 600,
  width: 450,
  height: 300,
  bytesIn: 1_000 + number,
  bytesOut: 500 + number,
  placeholder: null,
  renditions: [],
  attempts: 1,
  updatedAt: 0,
  ...changes,
});
const FAILED = { status: 'failed' as const, key: null, bytesIn: null, bytesOut: null, width: null, height: null };

async function table(layout: CsvLayout, products: ProductRecord[], wanted: Layout, format: 'csv' | 'xlsx' = 'csv') {
  const record = { number: 1, layout, linkBase: 'https://p/', productsTotal: 1, options: {} } as RequestRecord;
  const store = { products: async (_number: number, { from }: { from: number }) => products.slice(from) };
  const pieces: Uint8Array[] = [];
  for await (const piece of resultTable(store, record, LASTING_LINKS, wanted, format))
    pieces.push(Buffer.from(piece as string));
  return Buffer.concat(pieces);
}
const product = (row: number, cells: (string | null)[], ...images: ImageRecord[]): ProductRecord => ({
  row,
  line: row + 2,
  serial: '',
  name: '',
  cells,
  images,
});
const text = async (...args: Parameters<typeof table>) => (await table(...args)).toString();

describe('the report', () => {
  const notes = [note('first_frame_only', { format: 'JPEG' }), note('link_repaired', { link: 'https://a/1.jpg' })];
  const products = [
    product(0, ['1', 'Mug', null], image(1, { notes }), image(2, FAILED), image(3)),
    product(1, ['2', '=1+1', '']),
  ];

  test('has what became of each image, slot by slot, behind the columns of the result', async () => {
    assert.equal(
      await text(LAYOUT, products, 'report'),
      'S. No.,Product Name,Input Image Urls,Output Image Urls,Image Status,Image Notes,Bytes Before,Bytes After,Output Width,Output Height\n' +
        '1,Mug,"https://a/1.jpg,https://a/2.jpg,https://a/3.jpg","https://p/k1.jpg,Error processing image,https://p/k3.jpg",' +
        '"done,failed,done",first_frame_only link_repaired||,"1001,,1003","501,,503","450,,450","300,,300"\n' +
        "2,'=1+1,,,,,,,,\n",
    );
  });

  test('keeps its columns behind an output column of the upload, in its delimiter', async () => {
    const layout = {
      ...LAYOUT,
      delimiter: ';',
      header: [...LAYOUT.header, 'Output Image Urls', 'Note'],
      outputColumn: 3,
    };
    const [head, row] = (await text(layout, [product(0, ['1', 'Mug', null, 'old', 'x'], image(1))], 'report')).split(
      '\n',
    );
    assert.equal(
      head,
      'S. No.;Product Name;Input Image Urls;Output Image Urls;Note;Image Status;Image Notes;Bytes Before;Bytes After;Output Width;Output Height',
    );
    assert.equal(row, '1;Mug;https://a/1.jpg;https://p/k1.jpg;x;done;;1001;501;450;300');
  });
});

describe('formulas in a result', () => {
  const cellOf = async (cell: string, delimiter: ',' | ';', wanted: Layout = 'result') => {
    const layout = { ...LAYOUT, delimiter, header: ['SKU', 'Note', 'Image Urls'] };
    const rows = await text(layout, [product(0, ['1', cell, null], image(1))], wanted);
    return rows.split('\n')[1]?.slice(2).split(`${delimiter}https`)[0];
  };

  test('are texts also where a spreadsheet splits the lines at semicolons', async () => {
    assert.equal(await cellOf('see;=HYPERLINK(0)', ','), "see;'=HYPERLINK(0)");
    assert.equal(await cellOf("see;@cmd|'/c x'!A0", ','), "see;'@cmd|'/c x'!A0");
    assert.equal(await cellOf('see,=HYPERLINK(0)', ';'), '"see,=HYPERLINK(0)"');
    assert.equal(await cellOf('see;=HYPERLINK(0)', ',', 'import'), 'see;=HYPERLINK(0)');
  });

  test('are no plain numbers, and nothing that only looks like a part of one', async () => {
    for (const cell of ['-5', '+49 30 123', '3;-5;+7', 'S;-M', 'a;=b', 'https://a/x;@2x.jpg'])
      assert.equal(await cellOf(cell, ','), cell);
  });
});

describe('the table for an import', () => {
  test('has the new links in the place of the old ones, the separators as uploaded, and nothing before formulas', async () => {
    const layout = { ...LAYOUT, written: true as const };
    const cells = ['1', '=1+1', 'https://a/1.jpg | https://a/2.jpg;https://a/3.jpg'];
    assert.equal(
      await text(layout, [product(0, cells, image(1), image(2, FAILED), image(3))], 'import'),
      'S. No.,Product Name,Input Image Urls\n1,=1+1,https://p/k1.jpg | https://a/2.jpg;https://p/k3.jpg\n',
    );
  });
});

describe('a result as a workbook', () => {
  test('has the same columns and the same cells as the CSV', async () => {
    const layout: CsvLayout = {
      ...LAYOUT,
      written: true,
      delimiter: ';',
      preamble: 'sep=;\n"My; products"\n',
      headerText: 'S. No.;Product Name;Input Image Urls',
      headerLine: 3,
    };
    const products = [
      product(0, ['007', '"Mug; ""blue"""', 'https://a/1.jpg'], image(1)),
      product(1, ['2', '=1+1', 'https://a/2.jpg'], image(2)),
    ];
    for (const wanted of ['result', 'report'] as const) {
      const bytes = await table(layout, products, wanted, 'xlsx');
      const read = await readUpload('a.xlsx', bytes);
      assert.deepEqual(read.layout.header.slice(0, 4), [
        'S. No.',
        'Product Name',
        'Input Image Urls',
        'Output Image Urls',
      ]);
      assert.equal(read.layout.preamble, 'My; products\r\n');
      assert.deepEqual(
        read.products.map(({ cells, urls }) => [cells[0], cells[1], urls, cells[3]]),
        [
          ['007', 'Mug; "blue"', ['https://a/1.jpg'], 'https://p/k1.jpg'],
          ['2', "'=1+1", ['https://a/2.jpg'], 'https://p/k2.jpg'],
        ],
      );
    }
    const imported = await readUpload('a.xlsx', await table(layout, products, 'import', 'xlsx'));
    assert.deepEqual(
      imported.products.map(({ cells, urls }) => [cells[1], urls[0]]),
      [
        ['Mug; "blue"', 'https://p/k1.jpg'],
        ['=1+1', 'https://p/k2.jpg'],
      ],
    );
  });

  test('of an upload in another encoding holds every letter', async () => {
    const layout: CsvLayout = { ...LAYOUT, encoding: 'windows-1252' };
    const bytes = await table(layout, [product(0, ['1', 'Café 東京', null], image(1))], 'result', 'xlsx');
    assert.equal((await readUpload('a.xlsx', bytes)).products[0]?.name, 'Café 東京');
  });
});
