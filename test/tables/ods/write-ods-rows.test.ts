import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/domain/problem.ts';
import { row, spreadsheet, textCell } from '../../support/ods.ts';
import { readUpload } from '../../support/read-upload.ts';
import { zip } from '../../support/zip.ts';

const HEADER = row(...['S. No.', 'Product Name', 'Input Image Urls', 'Note'].map(textCell));
const product = (...cells: string[]) => row(...cells.map((cell) => (cell.startsWith('<') ? cell : textCell(cell))));
const read = (rows: string) => readUpload('products.ods', spreadsheet({ name: 'Products', rows: HEADER + rows }));
const noteOf = async (cell: string) =>
  (await read(product('1', 'Mug', 'https://a/1.jpg', cell))).products[0]?.cells[3] ?? '';
const refusal = (content: Buffer, csvBytes?: number) =>
  readUpload('products.ods', content, { ...(csvBytes && { csvBytes }) }).then(
    () => assert.fail('it was accepted'),
    (error) => (error instanceof Problem ? error : assert.fail(String(error))),
  );

describe('an OpenDocument spreadsheet', () => {
  test('is read like a workbook of Excel; the lines are those beside its rows', async () => {
    const { file, layout, products } = await read(
      `<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>
       ${product('B-7', 'Red\nmug,  "tall"', 'https://a/1.jpg\nhttps://a/2.jpg')}
       <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>`,
    );
    assert.deepEqual([file.format, layout.sheet, layout.bom], ['sheet', 'Products', true]);
    assert.deepEqual(
      products.map(({ line, serial, name, urls }) => [line, serial, name, urls]),
      [[5, 'B-7', 'Red\nmug,  "tall"', ['https://a/1.jpg', 'https://a/2.jpg']]],
    );
  });

  const value = (type: string, attributes: string, shown: string) =>
    `<table:table-cell office:value-type="${type}" ${attributes}><text:p>${shown}</text:p></table:table-cell>`;
  const cases: [string, string, string][] = [
    ['a number as it is', value('float', 'office:value="1234.5"', '1.234,50'), '1234.5'],
    ['leading zeros of a format', value('float', 'office:value="123"', '00123'), '00123'],
    ['a price', value('currency', 'office:value="9.9" office:currency="EUR"', '9,90 €'), '9.9'],
    ['a day', value('date', 'office:date-value="2026-03-14"', '14.03.26'), '2026-03-14'],
    [
      'a day with a time',
      value('date', 'office:date-value="2026-03-14T09:26:53"', '14.03.26 09:26'),
      '2026-03-14T09:26:53',
    ],
    ['what is true', value('boolean', 'office:boolean-value="true"', 'WAHR'), 'TRUE'],
    [
      'spaces, tabs and line breaks',
      value('string', '', 'a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d'),
      'a  b\tc\nd',
    ],
    [
      'no comment',
      '<table:table-cell office:value-type="string"><office:annotation><text:p>hidden</text:p></office:annotation><text:p>shown</text:p></table:table-cell>',
      'shown',
    ],
  ];
  for (const [name, cell, text] of cases) test(`shows ${name}`, async () => assert.equal(await noteOf(cell), text));

  test('the link behind a text, and the one in a formula, stand for the text in a column of images', async () => {
    const behind =
      '<table:table-cell office:value-type="string"><text:p><text:a xlink:href="https://a/1.jpg">photo</text:a></text:p></table:table-cell>';
    const formula =
      '<table:table-cell table:formula="of:=HYPERLINK(&quot;https://a/2.jpg&quot;;&quot;photo&quot;)" office:value-type="string"><text:p>photo</text:p></table:table-cell>';
    const picture =
      '<table:table-cell><draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></table:table-cell>';
    const { products, warnings } = await read(
      product('1', 'Mug', behind) + product('2', 'Cup', formula) + product('3', 'Jug', picture),
    );
    assert.deepEqual(
      products.map(({ urls }) => urls[0]),
      ['https://a/1.jpg', 'https://a/2.jpg', '(a picture in the cell instead of a link)'],
    );
    assert.ok(warnings.some(({ code }) => code === 'link_behind_text'));
  });

  test('of several sheets the first visible one with image links is read, or the one that is asked for', async () => {
    const sheets = spreadsheet(
      { name: 'Cover', rows: product('Our shop') },
      { name: 'Hidden', rows: HEADER + product('9', 'Secret', 'https://a/9.jpg'), style: 'ta2' },
      { name: 'Products', rows: HEADER + product('1', 'Mug', 'https://a/1.jpg') },
      { name: 'Old', rows: HEADER + product('2', 'Cup', 'https://a/2.jpg') },
    );
    const { layout, warnings } = await readUpload('a.ods', sheets);
    assert.deepEqual([layout.sheet, warnings[0]?.code], ['Products', 'several_sheets']);
    assert.equal((await readUpload('a.ods', sheets, { sheet: 'Old' })).products[0]?.name, 'Cup');
    assert.equal((await readUpload('a.ods', sheets, { sheet: '2' })).products[0]?.name, 'Secret');
  });

  test('any text comes back as it was typed', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const note = fc.oneof(text, fc.constantFrom(' a  b ', 'a\nb', 'a\tb', '&amp;<text:p/>'));
    const typed = note.filter((value) => value.trim() !== '' && !/(?![\t\n])\p{Cc}|[\ufffe\uffff]/u.test(value));
    await fc.assert(
      fc.asyncProperty(fc.array(typed, { minLength: 1, maxLength: 12 }), async (notes) => {
        const { products } = await read(
          notes.map((value, i) => product(`${i}`, 'Mug', `https://a/${i}.jpg`, value)).join(''),
        );
        assert.deepEqual(
          products.map(({ cells }) => cells[3]),
          notes,
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('spreadsheets that cannot be used', () => {
  test('say why', async () => {
    const manifest =
      '<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>';
    const locked = zip(
      { name: 'content.xml', content: Buffer.from('noise') },
      { name: 'META-INF/manifest.xml', content: Buffer.from(manifest) },
    );
    assert.match((await refusal(locked)).detail ?? '', /password/);
    assert.match((await refusal(Buffer.from('S. No.\n'))).detail ?? '', /no OpenDocument spreadsheet/);
    assert.match(
      (await refusal(zip({ name: 'a', content: Buffer.from('x') }))).detail ?? '',
      /no OpenDocument spreadsheet/,
    );
    assert.match((await refusal(spreadsheet())).detail ?? '', /no sheet/);
    assert.equal((await refusal(spreadsheet({ name: 'x', rows: '' }))).code, 'empty_file');
  });

  test('rows and cells that are repeated a million times are counted by what comes out', async () => {
    const repeated = (rows: number, cells: number, text: string) =>
      `<table:table-row table:number-rows-repeated="${rows}"><table:table-cell table:number-columns-repeated="${cells}"><text:p>${text}</text:p></table:table-cell></table:table-row>`;
    const book = (rows: string) => spreadsheet({ name: 'x', rows: HEADER + rows });
    for (const [rows, code] of [
      [repeated(1_000_000, 1, 'x'.repeat(1_000)), 'csv_too_large'],
      [repeated(1_000, 16_384, 'x'), 'csv_too_large'],
      [repeated(1, 16_384, 'x'.repeat(1_000)), 'row_too_long'],
      [repeated(1, 1_000_000, 'x'), 'not_csv'],
      [product('<table:table-cell><text:p><text:s text:c="999999999"/></text:p></table:table-cell>'), 'not_csv'],
      ['<table:table-row>'.repeat(200), 'not_csv'],
    ] as const) {
      const started = performance.now();
      assert.equal((await refusal(book(rows), 1_000_000)).code, code, rows.slice(0, 90));
      assert.ok(performance.now() - started < 2_000, rows.slice(0, 90));
    }
  });
});
