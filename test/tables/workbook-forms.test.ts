import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../src/domain/problem.ts';
import { readUpload } from '../support/read-upload.ts';
import { type WorkbookParts, workbook, workbookParts } from '../support/workbook.ts';
import { zip } from '../support/zip.ts';

const HEADER = ['S. No.', 'Product Name', 'Input Image Urls', 'Note'];
const inline = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const row = (...cells: string[]) =>
  `<row>${cells.map((cell) => (cell.startsWith('<c') ? cell : inline(cell))).join('')}</row>`;
const HEADER_ROW = row(...HEADER);
const PRODUCT = row('1', 'Mug', 'https://a/1.jpg');
const parts = (rows: string, more: Partial<WorkbookParts> = {}) =>
  workbookParts({ sheets: [{ name: 'Products', rows: HEADER_ROW + rows }], ...more });
const read = (rows: string, more: Partial<WorkbookParts> = {}) =>
  readUpload('products.xlsx', zip(...parts(rows, more)));
const noteOf = async (cell: string, more: Partial<WorkbookParts> = {}) =>
  (await read(row('1', 'Mug', 'https://a/1.jpg', cell), more)).products[0]?.cells[3] ?? '';
const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const error = await promise.then(
    () => assert.fail('it was accepted'),
    (reason) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
};

const DAY = { styles: '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>' };

describe('what programs write beside the standard form', () => {
  test('days of 1904 stay days of 1904 where Excel 2013 adds properties of its own', async () => {
    const list = parts(row('1', 'Mug', 'https://a/1.jpg', '<c s="1"><v>44633</v></c>'), {
      ...DAY,
      properties: 'date1904="1"',
    });
    const extended = list.map(({ name, content }) => ({
      name,
      content: Buffer.from(
        content
          .toString()
          .replace('</workbook>', '<extLst><ext><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>'),
      ),
    }));
    assert.equal((await readUpload('a.xlsx', zip(...extended))).products[0]?.cells[3], '2026-03-14');
  });

  test('an inline text with a value beside it is there once', async () => {
    assert.equal(await noteOf('<c t="inlineStr"><v>1.0</v><is><t>1.</t></is></c>'), '1.');
    assert.equal(await noteOf('<c t="inlineStr"><is><t>1.</t></is><v>0</v></c>'), '1.');
    assert.equal(await noteOf('<c t="inlineStr"><v>only this</v></c>'), 'only this');
    assert.equal(await noteOf('<c><v>7</v><is><t>seven</t></is></c>'), '7');
    assert.equal(await noteOf('<c><is><t>seven</t></is></c>'), 'seven');
  });

  for (const [label, mark, encode] of [
    ['UTF-16, little end first', true, (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', true, (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', false, (text: string) => Buffer.from(text, 'utf16le')],
  ] as const) {
    test(`parts may be in ${label}`, async () => {
      const list = parts(row('1', 'Tasse für 東京', 'https://a/1.jpg')).map(({ name, content }) => ({
        name,
        content: encode(content.toString().replace('UTF-8', mark ? 'UTF-16' : 'utf-16')),
      }));
      assert.equal((await readUpload('a.xlsx', zip(...list))).products[0]?.name, 'Tasse für 東京');
    });
  }

  test('parts may be in the encoding of their declaration; an unknown one is named', async () => {
    const inEncoding = (label: string) =>
      zip(
        ...parts(row('1', 'Süß', 'https://a/1.jpg')).map(({ name, content }) => ({
          name,
          content: Buffer.from(content.toString().replace('UTF-8', label), 'latin1'),
        })),
      );
    assert.equal((await readUpload('a.xlsx', inEncoding('ISO-8859-1'))).products[0]?.name, 'Süß');
    assert.match((await problemOf(readUpload('a.xlsx', inEncoding('x-own')))).detail ?? '', /"x-own"/);
  });

  test('a part that no cell needs may be missing; of missing styles it is said that days are numbers', async () => {
    const list = parts(row('1', 'Mug', 'https://a/1.jpg', '<c s="1"><v>44633</v></c>'), { ...DAY, texts: '<si/>' });
    const without = (pattern: RegExp) => readUpload('a.xlsx', zip(...list.filter(({ name }) => !pattern.test(name))));
    assert.equal((await without(/sharedStrings|Content_Types/)).products[0]?.cells[3], '2022-03-13');
    const { products, warnings } = await without(/styles/);
    assert.equal(products[0]?.cells[3], '44633');
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['styles_missing'],
    );
  });

  test('an .xlsm is read like an .xlsx, and each also packed', async () => {
    const content = workbook([HEADER, [1, 'Mug', 'https://a/1.jpg']]);
    assert.equal((await readUpload('products.xlsm', content)).products.length, 1);
    const { file, products } = await readUpload('products.zip', zip({ name: 'x/products.xlsx', content }));
    assert.deepEqual([file.name, products.length], ['products.xlsx', 1]);
  });
});

describe('the sheet that is read', () => {
  const sheets = [
    { name: 'Empty', rows: '' },
    { name: 'Cover', rows: row('Our shop', 'https://shop.example/') },
    { name: 'Prices', rows: row('SKU', 'Price') + row('A', '3.50') },
    { name: 'Hidden', rows: HEADER_ROW + row('9', 'Secret', 'https://a/9.jpg'), attributes: 'state="hidden"' },
    { name: 'Products', rows: HEADER_ROW + PRODUCT },
    { name: 'Old', rows: HEADER_ROW + row('2', 'Cup', 'https://a/2.jpg') },
  ];
  const book = zip(...workbookParts({ sheets }));

  test('is the first one that a person sees and that holds image links; a warning names it', async () => {
    const { layout, products, warnings } = await readUpload('a.xlsx', book);
    assert.deepEqual([layout.sheet, products[0]?.name], ['Products', 'Mug']);
    assert.match(warnings[0]?.message ?? '', /"Products" was read; "Empty", "Cover", "Prices" and 1 more are left out/);
  });

  test('needs no picture name in its links where a heading says that they are images', async () => {
    const data = { name: 'Data', rows: row('SKU', 'Image Link') + row('A', 'https://cdn.example/i/17') };
    const { layout } = await readUpload('a.xlsx', zip(...workbookParts({ sheets: [...sheets.slice(0, 3), data] })));
    assert.equal(layout.sheet, 'Data');
  });

  test('is the one that was asked for, by its name or its number; no warning then', async () => {
    for (const [sheet, name] of [
      ['Old', 'Cup'],
      ['old ', 'Cup'],
      ['6', 'Cup'],
      ['#4', 'Secret'],
    ] as const) {
      const { products, warnings } = await readUpload('a.xlsx', book, { sheet });
      assert.deepEqual([products[0]?.name, warnings], [name, []], sheet);
    }
    const problem = await problemOf(readUpload('a.xlsx', book, { sheet: 'Products 2' }));
    assert.deepEqual([problem.code, /"Products 2".*"Empty"/.test(problem.detail ?? '')], ['invalid_option', true]);
  });
});

describe('the link behind a cell', () => {
  const link = (id: string, target: string) =>
    `<Relationship Id="${id}" Type="x/hyperlink" Target="${target}" TargetMode="External"/>`;
  const linked = (rows: string, behind: string, relations: string) =>
    readUpload(
      'a.xlsx',
      zip(...workbookParts({ sheets: [{ name: 'x', rows: HEADER_ROW + rows, behind, relations }] })),
    );

  test('is read where the cell of an image column shows another text, and a warning says so', async () => {
    const rows =
      row('1', 'Mug', 'View photo', 'Blue') +
      row('2', 'Cup', 'https://a/2.jpg') +
      row('3', 'Jug', 'c.jpg') +
      row('4', 'Pot', 'd');
    const { products, warnings } = await linked(
      rows,
      `<hyperlinks><hyperlink ref="C2" r:id="r1"/><hyperlink ref="B2" r:id="r2"/><hyperlink ref="C3" r:id="r1"/>
       <hyperlink ref="C4:C5" r:id="r3"/><hyperlink ref="D2" location="Sheet2!A1"/></hyperlinks>`,
      link('r1', 'https://a/1.jpg?a=1&amp;b=2') + link('r2', 'https://shop/mug') + link('r3', 'https://a/3.jpg'),
    );
    assert.deepEqual(
      products.map(({ name, urls }) => [name, urls[0]]),
      [
        ['Mug', 'https://a/1.jpg?a=1&b=2'],
        ['Cup', 'https://a/2.jpg'],
        ['Jug', 'https://a/3.jpg'],
        ['Pot', 'https://a/3.jpg'],
      ],
    );
    assert.deepEqual([warnings[0]?.code, warnings[0]?.line], ['link_behind_text', 2]);
    assert.match(warnings[0]?.message ?? '', /"View photo"/);
  });

  test('of a whole column is that of each of its cells', async () => {
    const { products } = await linked(
      row('1', 'Mug', 'photo') + row('2', 'Cup', 'photo'),
      '<hyperlinks><hyperlink ref="C1:C1048576" r:id="r1"/></hyperlinks>',
      link('r1', 'https://a/1.jpg'),
    );
    assert.deepEqual(
      products.map(({ urls }) => urls),
      [['https://a/1.jpg'], ['https://a/1.jpg']],
    );
  });

  test('stands in the formulas HYPERLINK and IMAGE', async () => {
    const formula = (text: string, shown: string) => `<c t="str"><f>${text}</f><v>${shown}</v></c>`;
    const { products } = await read(
      row('1', 'Mug', formula('HYPERLINK("https://a/1.jpg","Photo")', 'Photo')) +
        row('2', 'Cup', '<c t="e" vm="1"><f>_xlfn.IMAGE("https://a/2.jpg","Cup",1)</f><v>#VALUE!</v></c>') +
        row(
          '3',
          formula('HYPERLINK("https://shop/jug","Jug")', 'Jug'),
          formula('"https://a/"&amp;"3.jpg"', 'https://a/3.jpg'),
        ),
    );
    assert.deepEqual(
      products.map(({ name, urls }) => [name, urls]),
      [
        ['Mug', ['https://a/1.jpg']],
        ['Cup', ['https://a/2.jpg']],
        ['Jug', ['https://a/3.jpg']],
      ],
    );
  });

  test('a cell that holds a picture instead of a link is named as that', async () => {
    const drawing = `<xdr:wsDr>${[1, 2, 3]
      .map(
        (line) =>
          `<xdr:twoCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:colOff>9</xdr:colOff><xdr:row>${line}</xdr:row></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:row>9</xdr:row></xdr:to><xdr:pic/></xdr:twoCellAnchor>`,
      )
      .join('')}</xdr:wsDr>`;
    const rows =
      row('1', 'Mug', '<c/>', 'Blue') +
      row('2', 'Cup', 'https://a/2.jpg') +
      row('3', 'Jug', '<c t="e" vm="1"><v>#VALUE!</v></c>');
    const list = workbookParts({
      sheets: [
        {
          name: 'x',
          rows: HEADER_ROW + rows,
          relations: '<Relationship Id="r1" Type="x/drawing" Target="../drawings/drawing1.xml"/>',
        },
      ],
    });
    const { products } = await readUpload(
      'a.xlsx',
      zip(...list, { name: 'xl/drawings/drawing1.xml', content: Buffer.from(drawing) }),
    );
    const named = '(a picture in the cell instead of a link)';
    assert.deepEqual(
      products.map(({ urls }) => urls[0]),
      [named, 'https://a/2.jpg', named],
    );
  });
});
