import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../src/domain/problem.ts';
import { type CsvBatch, readProducts } from '../../src/tables/read-products.ts';
import { unpackFile } from '../../src/tables/unpack.ts';
import { resultHeader, resultRow } from '../../src/tables/write-results.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { columnName, type WorkbookParts, workbook, workbookParts } from '../support/workbook.ts';
import { zip, zip64 } from '../support/zip.ts';

const LIMITS = { columns: 1_000, imagesPerRequest: 1_000_000, urlsPerProduct: 50, urlLength: 2_048 };
const HEADER = ['S. No.', 'Product Name', 'Input Image Urls'];
const folder = temporaryFolder();
const path = join(folder, 'upload');
const to = join(folder, 'upload-unpacked');

async function read(content: Buffer, csvBytes = 10_000_000, name = 'products.xlsx') {
  writeFileSync(path, content);
  rmSync(to, { force: true });
  const file = await unpackFile(path, to, name, csvBytes);
  const open = () => createReadStream(file.path);
  const { layout, batches } = await readProducts(open, { format: file.format, limits: LIMITS });
  const all: CsvBatch = { products: [], rejected: [], warnings: [] };
  for await (const { products, rejected, warnings, notices = [] } of batches) {
    all.products.push(...products);
    all.rejected.push(...rejected);
    all.warnings.push(...warnings, ...notices);
  }
  return { file, layout, ...all };
}

async function problemOf(content: Buffer, csvBytes?: number, name?: string): Promise<Problem> {
  try {
    await read(content, csvBytes, name);
  } catch (error) {
    assert.ok(error instanceof Problem, String((error as Error).stack));
    return error;
  }
  throw new Error('the workbook was accepted');
}

/** A workbook of one sheet. */
const sheet = (rows: string, more: Partial<WorkbookParts> = {}) =>
  zip(...workbookParts({ sheets: [{ name: 'Products', rows }], ...more }));

const inline = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const HEADER_ROW = `<row>${HEADER.map(inline).join('')}${inline('Note')}</row>`;
/** What the column "Note" holds, for a cell as XML. */
const noteOf = async (cell: string, more: Partial<WorkbookParts> = {}) => {
  const { products } = await read(
    sheet(`${HEADER_ROW}<row>${inline('1')}${inline('Mug')}${inline('https://a/1.jpg')}${cell}</row>`, more),
  );
  return products[0]?.cells[3] ?? '';
};

describe('a sheet', () => {
  test('is read like a CSV: products, bad rows by the number beside them, text with line breaks', async () => {
    const rows = [
      [],
      HEADER,
      [1, 'Blue\nMug', 'https://a/1.jpg, https://a/2.jpg'],
      [],
      [2, 'Cup', ''],
      ['B-7', '"Red"\nmug, tall, wide', 'https://a/4,5.jpg'],
    ];
    const { file, layout, products, rejected, warnings } = await read(workbook(rows));
    assert.deepEqual([file.name, layout.sheet, layout.header, warnings], ['products.xlsx', 'Products', HEADER, []]);
    assert.deepEqual(
      products.map(({ line, serial, name, urls }) => [line, serial, name, urls]),
      [
        [3, '1', 'Blue\nMug', ['https://a/1.jpg', 'https://a/2.jpg']],
        [6, 'B-7', '"Red"\nmug, tall, wide', ['https://a/4,5.jpg']],
      ],
    );
    assert.deepEqual(
      rejected.map(({ issue }) => [issue.line, issue.column, issue.code]),
      [[5, 'Input Image Urls', 'missing_images']],
    );
  });

  test('comes back as a CSV that Excel opens as UTF-8', async () => {
    const { layout, products } = await read(workbook([HEADER, [1, 'Tasse für Müsli', 'https://a/1.jpg']]));
    const [product] = products;
    assert.ok(product);
    assert.equal(
      resultHeader(layout) + resultRow(layout, product, ['https://p/1.jpg']),
      '\ufeffS. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,Tasse für Müsli,https://a/1.jpg,https://p/1.jpg\r\n',
    );
  });

  test('links that stand in cells of their own to the right belong to the product', async () => {
    const { products } = await read(workbook([HEADER, [1, 'Mug', 'https://a/1.jpg', 'https://a/2.jpg']]));
    assert.deepEqual(products[0]?.urls, ['https://a/1.jpg', 'https://a/2.jpg']);
  });

  test('empty cells keep their column, with and without addresses', async () => {
    const addressed = `<row r="1">${[...HEADER, 'a', 'b'].map((name, i) => `<c r="${columnName(i)}1" t="str"><v>${name}</v></c>`).join('')}</row>
      <row r="2"><c r="A2"><v>1</v></c><c r="C2" t="str"><v>https://a/1.jpg</v></c><c r="E2" t="str"><v>x</v></c><c r="B2" t="str"><v>Mug</v></c></row>`;
    assert.deepEqual((await read(sheet(addressed))).products[0]?.cells, ['1', 'Mug', null, '', 'x']);
    assert.equal(await noteOf('<c/><c/>'), '');
  });

  test('the first visible one is taken, and the others are named', async () => {
    const rows = (url: string) => `${HEADER_ROW}<row>${inline('1')}${inline('Mug')}${inline(url)}</row>`;
    const sheets = [
      { name: 'Lists', rows: rows('https://a/hidden.jpg'), attributes: 'state="veryHidden"' },
      { name: 'Mugs &amp; Cups', rows: rows('https://a/1.jpg') },
      { name: 'Old', rows: rows('https://a/old.jpg') },
    ];
    const { products, warnings } = await read(zip(...workbookParts({ sheets })));
    assert.deepEqual(products[0]?.urls, ['https://a/1.jpg']);
    assert.deepEqual(
      warnings.map(({ code, message }) => [code, message]),
      [
        [
          'several_sheets',
          'Only the sheet "Mugs & Cups" was read; "Old" is left out. To read another one, name it in the field "sheet".',
        ],
      ],
    );
  });

  test('an archive may have all its numbers in 64 bits, as some writers do it', async () => {
    const rows = `${HEADER_ROW}<row>${['1', 'Mug', 'https://a/1.jpg'].map(inline).join('')}</row>`;
    const book = zip64(...workbookParts({ sheets: [{ name: 'x', rows }] }));
    assert.equal((await read(book)).products[0]?.name, 'Mug');
    for (const at of [-30, -42, -60]) {
      assert.equal(
        (await problemOf(Buffer.from(book).fill(0xff, book.length + at, book.length + at + 8))).code,
        'not_csv',
      );
    }
  });

  test('names may carry a prefix, as some writers put one before each', async () => {
    const parts = workbookParts({
      sheets: [{ name: 'x', rows: `${HEADER_ROW}<row>${['1', 'Mug', 'https://a/1.jpg'].map(inline).join('')}</row>` }],
    }).map(({ name, content }) => ({
      name,
      content: Buffer.from(
        content
          .toString()
          .replace(/<(\/?)(?=[a-z])/gi, '<$1x:')
          .replace('xmlns=', 'xmlns:x='),
      ),
    }));
    assert.equal((await read(zip(...parts))).products[0]?.name, 'Mug');
  });
});

describe('a cell shows what Excel shows', () => {
  const styles = `<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy;@"/>
    <numFmt numFmtId="166" formatCode="0.00 &quot;days&quot;"/><numFmt numFmtId="167" formatCode="[Red]General"/>
    <numFmt numFmtId="168" formatCode="[h]:mm"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs>${[0, 14, 164, 165, 166, 167, 22, 21].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
  const cases: [string, string, string][] = [
    ['a whole number', '<c><v>1.0</v></c>', '1'],
    ['a long number', '<c><v>4006381333931</v></c>', '4006381333931'],
    ['a number that floating point made long', '<c><v>9.9000000000000004</v></c>', '9.9'],
    ['a number in powers of ten', '<c><v>1.5E-3</v></c>', '0.0015'],
    ['leading zeros of a format', '<c s="2"><v>123</v></c>', '00123'],
    ['a number with a word', '<c s="4"><v>2.5</v></c>', '2.5'],
    ['a coloured number', '<c s="5"><v>2.5</v></c>', '2.5'],
    ['a day', '<c s="1"><v>46095</v></c>', '2026-03-14'],
    ['a day in a format of its own', '<c s="3"><v>46095</v></c>', '2026-03-14'],
    ['a day with a time', '<c s="6"><v>46095.393668981481</v></c>', '2026-03-14T09:26:53'],
    ['a time', '<c s="7"><v>0.5</v></c>', '12:00:00'],
    ['the first day', '<c s="1"><v>1</v></c>', '1900-01-01'],
    ['a day as text of XML', '<c t="d"><v>2026-03-14</v></c>', '2026-03-14'],
    ['what is true', '<c t="b"><v>1</v></c>', 'TRUE'],
    ['the result of a formula', '<c t="str"><f>"a"&amp;B2</f><v>a7</v></c>', 'a7'],
    ['the number of a formula', '<c><f>6*7</f><v>42</v></c>', '42'],
    ['a formula without a result', '<c><f>NOW()</f></c>', ''],
    ['an error', '<c t="e"><v>#N/A</v></c>', '#N/A'],
    ['a text in pieces', '<c t="inlineStr"><is><r><t>Red </t></r><r><rPr><b/></rPr><t>Mug</t></r></is></c>', 'Red Mug'],
    ['a text with its pronunciation', '<c t="s"><v>0</v></c>', '東京'],
    ['what XML cannot hold', '<c t="s"><v>1</v></c>', 'a\rb _x000D_'],
    ['a character reference', inline('&#x1F375; &lt;&amp;'), '🍵 <&'],
    ['what no database holds', inline('a_x0000_b_xD800_c'), 'a\ufffdb\ufffdc'],
    ['the separator of lines of Unicode', inline('a\u2028b'), 'a\u2028b'],
  ];
  const texts = '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si><t>a_x000D_b _x005F_x000D_</t></si>';
  for (const [name, cell, text] of cases) {
    test(name, async () => assert.equal(await noteOf(cell, { styles, texts }), text));
  }

  test('a day counted from 1904', async () => {
    const settings = { styles, properties: 'date1904="1"' };
    assert.equal(await noteOf('<c s="1"><v>44633</v></c>', settings), '2026-03-14');
  });

  test('any text comes back as it was typed', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => value.trim() !== '');
    const note = fc.oneof(text, fc.constantFrom('_x0041_', 'a\r\nb', '\u0001', '  x  ', '"', 'x'.repeat(20_000)));
    await fc.assert(
      fc.asyncProperty(fc.array(note, { minLength: 1, maxLength: 12 }), async (notes) => {
        const rows = notes.map((value, i) => [i + 1, 'Mug', `https://a/${i}.jpg`, value]);
        const { products } = await read(workbook([[...HEADER, 'Note'], ...rows]));
        assert.deepEqual(
          products.map(({ cells }) => cells[3]),
          notes,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('texts are found again however the rows were sorted', async () => {
    const rows = Array.from({ length: 9_000 }, (_, i) => [i, `Mug ${i}`, `https://a/${i}.jpg`]);
    const parts = workbookParts({
      sheets: [
        {
          name: 'x',
          rows:
            HEADER_ROW +
            rows
              .map((_, i) => (i * 7_919) % rows.length)
              .map((i) => `<row><c><v>${i}</v></c><c t="s"><v>${2 * i}</v></c><c t="s"><v>${2 * i + 1}</v></c></row>`)
              .join(''),
        },
      ],
      texts: rows.map(([, name, url]) => `<si><t>${name}</t></si><si><t>${url}</t></si>`).join(''),
    });
    const { products } = await read(zip(...parts));
    assert.equal(products.length, rows.length);
    for (const { serial, name, urls } of products) {
      assert.deepEqual([name, urls], [`Mug ${serial}`, [`https://a/${serial}.jpg`]]);
    }
  });
});

describe('workbooks that cannot be used', () => {
  const good = workbookParts({ sheets: [{ name: 'x', rows: HEADER_ROW }], texts: '<si/>' });
  const without = (name: string) => zip(...good.filter((part) => part.name !== name));
  const cases: [string, Buffer, string, RegExp][] = [
    ['a CSV', Buffer.from(`${HEADER}\n`), 'not_csv', /no Excel workbook/],
    ['an archive of something else', zip({ name: 'a.csv', content: Buffer.from('x') }), 'not_csv', /no Excel workbook/],
    ['one with a password', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'not_csv', /password.*\.xls\b.*as CSV/],
    ['half of one', sheet(HEADER_ROW).subarray(0, -40), 'not_csv', /damaged/],
    [
      'one with a wrong checksum',
      zip(...good.map((part) => ({ ...part, crc: 1 }))),
      'not_csv',
      /^The workbook.*damaged/,
    ],
    ['one without its sheet', without('xl/worksheets/sheet1.xml'), 'not_csv', /damaged/],
    ['one without its list of sheets', without('xl/workbook.xml'), 'not_csv', /damaged/],
    [
      'one without the texts that a cell needs',
      zip(
        ...workbookParts({ sheets: [{ name: 'x', rows: '<row><c t="s"><v>0</v></c></row>' }], texts: '<si/>' }).filter(
          ({ name }) => name !== 'xl/sharedStrings.xml',
        ),
      ),
      'not_csv',
      /damaged/,
    ],
    ['one without sheets', zip(...workbookParts({ sheets: [] })), 'not_csv', /no sheet/],
    ['an empty sheet', sheet(''), 'empty_file', /empty/],
    ['a header alone', sheet(HEADER_ROW), 'no_rows', /no rows/],
    ['another header', sheet(`<row>${inline('Price')}</row>`), 'missing_columns', /"Price"/],
    ['XML that ends early', sheet(`${HEADER_ROW}<row>`.repeat(2)), 'not_csv', /damaged/],
    ['a text that is not there', sheet('<row><c t="s"><v>7</v></c></row>'), 'not_csv', /damaged/],
    ['rows out of order', sheet('<row r="2"/><row r="1"/>'), 'not_csv', /damaged/],
    ['a row past the last one', sheet('<row r="1048577"/>'), 'not_csv', /damaged/],
    ['a column past the last one', sheet('<row r="1"><c r="XFE1"><v>1</v></c></row>'), 'not_csv', /damaged/],
  ];
  for (const [name, content, code, sentence] of cases) {
    test(`${name}: ${code}`, async () => {
      const problem = await problemOf(content);
      assert.equal(problem.code, code);
      assert.match(problem.detail ?? '', sentence);
    });
  }

  test('a name that says something else gets the advice that helps', async () => {
    const book = workbook([HEADER, [1, 'Mug', 'https://a/1.jpg']]);
    for (const [name, sentence] of [
      ['products.csv', /Excel workbook.*\.xlsx/],
      ['products.xls', /as \.xlsx or CSV/],
      ['products.ods', /no OpenDocument spreadsheet/],
      ['products.json', /neither with \[ nor with \{/],
      ['products.xml', /product feed/],
      ['products.pdf', /Save the sheet as CSV/],
    ] as const) {
      const problem = await problemOf(book, undefined, name);
      assert.deepEqual([problem.code, sentence.test(problem.detail ?? '')], ['not_csv', true], problem.detail);
    }
  });
});

describe('hostile workbooks', () => {
  const LIMIT = 1_000_000;
  const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
  const longText = `<si><t>${'x'.repeat(100_000)}</t></si>`;
  const cases: [string, Buffer, string][] = [
    ['a sheet that unpacks to much more', sheet(`${HEADER_ROW}<row/>`.repeat(100_000)), 'csv_too_large'],
    ['texts that unpack to much more', sheet(HEADER_ROW, { texts: '<si/>'.repeat(LIMIT) }), 'csv_too_large'],
    [
      'sheets without end',
      sheet('', { properties: `x="${' '.repeat(60_000)}"/>${'<x/>'.repeat(3_000_000)}<x` }),
      'csv_too_large',
    ],
    [
      'few bytes that refer to a long text again and again',
      sheet('<row><c t="s"><v>0</v></c></row>'.repeat(2_000), { texts: longText }),
      'csv_too_large',
    ],
    [
      'one row of such references',
      sheet(`<row>${'<c t="s"><v>0</v></c>'.repeat(2_000)}</row>`, { texts: longText }),
      'row_too_long',
    ],
    [
      'cells in the last column',
      sheet(
        Array.from({ length: 9_000 }, (_, i) => `<row r="${i + 1}"><c r="XFD${i + 1}"><v>1</v></c></row>`).join(''),
      ),
      'csv_too_large',
    ],
    ['a text without end', sheet('', { texts: `<si><t>${'x'.repeat(900_000)}</t></si>` }), 'not_csv'],
    ['entities that multiply', sheet(HEADER_ROW, { prologue: laughs }), 'not_csv'],
    [
      'an entity of the outside',
      sheet(HEADER_ROW, { prologue: '<!DOCTYPE x SYSTEM "file:///etc/passwd">' }),
      'not_csv',
    ],
    ['tags without end tags', sheet('<row>'.repeat(150_000)), 'not_csv'],
    [
      'a tag of a hundred thousand attributes',
      sheet(`<row ${Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ')}/>`),
      'not_csv',
    ],
    ['a tag name without end', sheet(`<${'x'.repeat(900_000)}/>`), 'not_csv'],
    ['a comment without end', sheet(`<!--${'x'.repeat(900_000)}-->`), 'not_csv'],
  ];
  for (const [name, content, code] of cases) {
    test(name, async () => {
      const before = process.memoryUsage().rss;
      assert.equal((await problemOf(content, LIMIT)).code, code);
      assert.ok(process.memoryUsage().rss - before < 150_000_000, 'memory');
    });
  }

  test('no bytes in a part break the reader: products come out, or a problem', async () => {
    const good = sheet(`${HEADER_ROW}<row>${['1', 'Mug', 'https://a/1.jpg'].map(inline).join('')}</row>`, {
      texts: '<si/>',
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        try {
          await read(changed);
        } catch (error) {
          assert.ok(error instanceof Problem, String((error as Error).stack));
        }
      }),
      { numRuns: 300 },
    );
    const parts = workbookParts({ sheets: [{ name: 'x', rows: HEADER_ROW }], texts: '<si/>' });
    await fc.assert(
      fc.asyncProperty(fc.nat(parts.length - 1), fc.nat(2_000), fc.string(), async (part, at, text) => {
        const changed = parts.map(({ name, content }, i) => {
          const old = content.toString();
          return { name, content: i === part ? Buffer.from(old.slice(0, at) + text + old.slice(at)) : content };
        });
        try {
          await read(zip(...changed));
        } catch (error) {
          assert.ok(error instanceof Problem, String((error as Error).stack));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('nothing is left beside the file that was asked for', () => {
    assert.ok(existsSync(path));
    assert.deepEqual(
      readdirSync(folder).filter((name) => !['upload', 'upload-unpacked'].includes(name)),
      [],
    );
  });
});

test('a note beside the table is no part of a link: its row is named', async () => {
  const content = workbook([
    ['SKU', 'Image URL'],
    ['A', 'https://a/1'],
    ['B', 'https://a/2', 'check this one'],
  ]);
  const { products, rejected } = await read(content);
  assert.deepEqual([products.length, rejected[0]?.line, rejected[0]?.issue.code], [1, 3, 'too_many_cells']);
  assert.match(rejected[0]?.issue.message ?? '', /Give the further columns a name in the header/);
});
