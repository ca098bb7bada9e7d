import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import type { CsvIssue } from '../../src/domain/csv-issue.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { CsvLayout } from '../../src/domain/product.ts';
import type { TableOptions } from '../../src/domain/table-options.ts';
import { UploadTally } from '../../src/pipeline/upload-tally.ts';
import { type CsvBatch, readProducts } from '../../src/tables/read-products.ts';

const LIMITS = { columns: 1_000, imagesPerRequest: 1_000, urlsPerProduct: 50, urlLength: 2_048 };
const HEADER = 'S. No.,Product Name,Input Image Urls';

async function read(
  file: string | Uint8Array,
  { table = {}, limits = {}, piece = 65_536 }: { table?: TableOptions; limits?: object; piece?: number } = {},
) {
  const bytes = Buffer.from(file as Uint8Array);
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const { layout, batches } = await readProducts(open, { table, limits: { ...LIMITS, ...limits } });
  const all: CsvBatch = { products: [], rejected: [], warnings: [] };
  for await (const batch of batches) {
    all.products.push(...batch.products);
    all.rejected.push(...batch.rejected);
    all.warnings.push(...batch.warnings, ...(batch.notices ?? []));
  }
  return { layout, ...all };
}

const urlsOf = async (file: string) => (await read(file)).products.map(({ urls }) => urls);

async function problemOf(file: string | Uint8Array, settings: Parameters<typeof read>[1] = {}): Promise<Problem> {
  try {
    await read(file, settings);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  throw new Error('the file was accepted');
}

const place = ({ line, column, code }: CsvIssue) => ({ line, column, code });

describe('columns', () => {
  for (const header of [
    'S. No.,Product Name,Input Image Urls',
    'Serial Number,Product Name,Input Image Urls',
    'serial_number,PRODUCT-NAME,image urls',
    'ＩＤ,Title,Image Src',
    'no,sku,image',
    'Serial No,Name,Image',
    'Sl. No.,Name,Image',
    'Sr. No.,Name,Image',
    'S.No,Name,Image',
    '№,Name,Image',
    'Nr.,Name,Image',
    '#,Name,Image',
  ]) {
    test(`"${header}" is understood`, async () => {
      const { products } = await read(`${header}\n7,Mug,https://a.example/1.jpg\n`);
      assert.deepEqual(
        products.map(({ serial, name, urls }) => [serial, name, urls]),
        [['7', 'Mug', ['https://a.example/1.jpg']]],
      );
    });
  }

  test('columns may come in any order among others, which are kept', async () => {
    const { products } = await read('Colour,Images,id,Product\nred,https://a.example/1.jpg,9,Mug\n');
    assert.deepEqual(products[0]?.cells, ['red', null, '9', 'Mug']);
    assert.equal(products[0]?.serial, '9');
  });

  test('a numbered family is read in the order of its numbers', async () => {
    const header = 'id,name,image_10,image_2,image_1';
    const row = '1,Mug,https://a.example/10.jpg,https://a.example/2.jpg,https://a.example/1.jpg';
    assert.deepEqual(await urlsOf(`${header}\n${row}\n`), [
      ['https://a.example/1.jpg', 'https://a.example/2.jpg', 'https://a.example/10.jpg'],
    ]);
  });

  test('of several names for one column the surest wins', async () => {
    const { products } = await read('id,sku,S. No.,Product Name,images\n77,X1,1,Mug,https://a.example/1.jpg\n');
    assert.deepEqual([products[0]?.serial, products[0]?.name], ['1', 'Mug']);
  });

  test('a header without images is one error that says what was found, and what to do', async () => {
    const problem = await problemOf('S. No.,Price,Product Name\n1,2,Mug\n');
    assert.equal(problem.code, 'missing_columns');
    assert.deepEqual(problem.issues.map(place), [{ line: 1, column: null, code: 'missing_columns' }]);
    assert.match(problem.detail ?? '', /no column for image links\. Found: "S\. No\.", "Price", .* "Image Urls"/);
  });

  test('an image column that is there twice is read twice, another one is kept', async () => {
    assert.deepEqual(await urlsOf('id,name,image,Image\n1,Mug,https://a/1.jpg,https://a/2.jpg\n'), [
      ['https://a/1.jpg', 'https://a/2.jpg'],
    ]);
    const { products } = await read('id,name,image,note,note\n1,Mug,https://a.example/1.jpg,x,y\n');
    assert.deepEqual(products[0]?.cells, ['1', 'Mug', null, 'x', 'y']);
  });
});

describe('serial numbers and names that lack', () => {
  const called = async (file: string) => {
    const { layout, products, rejected, warnings } = await read(file);
    assert.deepEqual(rejected, []);
    const issues = warnings.map(({ line, column, code }) => [line, column, code]);
    return { layout, rows: products.map(({ serial, name }) => [serial, name]), issues, warnings };
  };

  test('as a column of serial numbers: the rows are numbered, with one notice', async () => {
    const { layout, rows, issues } = await called('SKU,Image URL\nM-1,https://a/1.jpg\nM-2,https://a/2.jpg\n');
    assert.deepEqual([layout.serialColumn, layout.nameColumn], [null, 0]);
    assert.deepEqual(rows, [
      ['1', 'M-1'],
      ['2', 'M-2'],
    ]);
    assert.deepEqual(issues, [[1, null, 'rows_are_numbered']]);
  });

  test('as a column of names: the serial number stands for the name, with one notice', async () => {
    const { layout, rows, issues, warnings } = await called('#,Images\nA7,https://a/1.jpg\n8,https://a/2.jpg\n');
    assert.deepEqual([layout.serialColumn, layout.nameColumn], [0, null]);
    assert.deepEqual(rows, [
      ['A7', 'A7'],
      ['8', '8'],
    ]);
    assert.deepEqual(issues, [[1, null, 'names_are_assumed']]);
    assert.match(warnings[0]?.message ?? '', /the serial number.*add a column "Product Name"/);
  });

  test('as both columns: the file name of the first link stands for the name', async () => {
    const long = 'x'.repeat(300);
    const names: [link: string, name: string][] = [
      ['https://a/img/blue-mug.JPG?v=2', 'blue-mug'],
      ['https://a/M%C3%BCsli%20Tasse.v2.jpeg', 'Müsli Tasse.v2'],
      ['https://a/o/images%2Fred-mug.webp?alt=media', 'red-mug'],
      ['www.a.example/mug/', 'mug'],
      ['https://a/50%.png', '50%'],
      ['https://a/.png', '.png'],
      [`https://a/${long}.png`, long.slice(0, 100)],
      [`https://a/${'%F0%9F%8D%B5'.repeat(120)}`, '🍵'.repeat(100)],
      ['https://a/a%00%0Ab.png', 'a  b'],
      ['https://a/?id=7', '10'],
      ['no link', '11'],
    ];
    const { layout, rows, issues } = await called(`Image\n${names.map(([link]) => link).join('\n')}\n`);
    assert.deepEqual([layout.serialColumn, layout.nameColumn], [null, null]);
    assert.deepEqual(
      rows,
      names.map(([, name], index) => [`${index + 1}`, name]),
    );
    assert.deepEqual(issues.slice(0, 2), [
      [1, null, 'rows_are_numbered'],
      [1, null, 'names_are_assumed'],
    ]);
  });

  test('as cells: one notice for each column, with the count and the first line', async () => {
    const file = `${HEADER}\n1,Mug,https://a/1.jpg\n,Cup,https://a/2.jpg\n,,https://a/pot.jpg\n9,,https://a/4.jpg\n`;
    const { rows, warnings } = await called(file);
    assert.deepEqual(rows, [
      ['1', 'Mug'],
      ['2', 'Cup'],
      ['3', 'pot'],
      ['9', '9'],
    ]);
    assert.deepEqual(warnings.map(place), [
      { line: 3, column: 'S. No.', code: 'missing_serial' },
      { line: 4, column: 'Product Name', code: 'missing_name' },
    ]);
    assert.match(
      warnings[0]?.message ?? '',
      /^2 rows \(the first on line 3\) have no serial number, so the number of the/,
    );
    assert.match(
      warnings[1]?.message ?? '',
      /^2 rows \(the first on line 4\) have no product name, so the serial number/,
    );
  });

  test('rows are numbered as they stand in the table, those that cannot be used included', async () => {
    const { products } = await read('Name,Image\nMug,https://a/1.jpg\nCup,\n\nPot,https://a/3.jpg\n');
    assert.deepEqual(
      products.map(({ serial, name }) => [serial, name]),
      [
        ['1', 'Mug'],
        ['3', 'Pot'],
      ],
    );
  });

  test('in a header, empty names are no duplicates of each other', async () => {
    const { layout, rows } = await called(',Image,,#,-\nx,https://a/1.jpg,y,7,z\n');
    assert.deepEqual([layout.serialColumn, rows], [3, [['7', '7']]]);
  });

  test('the notices are listed though thousands of links have warnings', async () => {
    const rows = `,Mug,https://a/1.jpg?w=1&amp;h=1\n`.repeat(2_000);
    const { batches } = await readProducts(
      async function* () {
        yield Buffer.from(`${HEADER}\n${rows}`);
      },
      { limits: { ...LIMITS, imagesPerRequest: 10_000 } },
    );
    const tally = new UploadTally({ warnings: [], tableBytes: rows.length, storedPerByte: 4, skipBadRows: false });
    for await (const batch of batches) tally.add(batch);
    assert.deepEqual([tally.warnings.length, tally.warningCount], [100, 2_001]);
    assert.match(tally.warnings[0]?.message ?? '', /^2000 rows \(the first on line 2\) have no serial number/);
  });
});

describe('rows', () => {
  test('a ragged row is one product with several images', async () => {
    assert.deepEqual(await urlsOf(`${HEADER}\n1,SKU1,https://a.example/1.jpg,https://a.example/2.jpg\n`), [
      ['https://a.example/1.jpg', 'https://a.example/2.jpg'],
    ]);
  });

  test('a comma inside an unquoted link does not split it', async () => {
    assert.deepEqual(await urlsOf(`${HEADER}\n1,SKU1,https://a.example/w_300,h_200/1.jpg\n`), [
      ['https://a.example/w_300,h_200/1.jpg'],
    ]);
  });

  test('in a ragged row the columns after the links keep their cells', async () => {
    const { products } = await read(
      'id,name,images,colour\n1,Mug,https://a.example/1.jpg,https://a.example/2.jpg,red\n',
    );
    assert.deepEqual(products[0]?.urls, ['https://a.example/1.jpg', 'https://a.example/2.jpg']);
    assert.deepEqual(products[0]?.cells, ['1', 'Mug', null, 'red']);
  });

  test('cells that belong nowhere make a bad row', async () => {
    const { rejected } = await read('id,name,images,colour\n1,Mug,https://a.example/1.jpg,red,blue\n');
    assert.deepEqual(
      rejected.map(({ issue }) => place(issue)),
      [{ line: 2, column: null, code: 'too_many_cells' }],
    );
  });

  test('short rows and empty cells at the end are no fault', async () => {
    const { products } = await read(
      'id,name,images,colour\n1,Mug,https://a.example/1.jpg\n2,Cup,https://a.example/2.jpg,,,,\n',
    );
    assert.deepEqual(
      products.map(({ cells }) => cells),
      [
        ['1', 'Mug', null],
        ['2', 'Cup', null],
      ],
    );
  });

  test('every bad row is named with its line and column, the good ones are read', async () => {
    const long = `https://a.example/${'x'.repeat(3_000)}`;
    const file = `${HEADER}\n1,"two\nlines",https://a.example/1.jpg\n2,Mug,${long}\n\n3,Pot,\n4,Cup,\n5,Jug,https://a.example/5.jpg\n`;
    const { products, rejected } = await read(file);
    assert.deepEqual(
      products.map(({ line, row }) => [line, row]),
      [
        [2, 0],
        [8, 1],
      ],
    );
    assert.deepEqual(
      rejected.map(({ issue }) => place(issue)),
      [
        { line: 4, column: 'Input Image Urls', code: 'url_too_long' },
        { line: 6, column: 'Input Image Urls', code: 'missing_images' },
        { line: 7, column: 'Input Image Urls', code: 'missing_images' },
      ],
    );
  });

  test('limits are named in their errors', async () => {
    const long = `https://a.example/${'x'.repeat(40)}`;
    const { rejected } = await read(`${HEADER}\n1,A,${long}\n2,B,"https://a/1 https://a/2 https://a/3"\n`, {
      limits: { urlLength: 40, urlsPerProduct: 2 },
    });
    assert.deepEqual(
      rejected.map(({ issue }) => issue.code),
      ['url_too_long', 'too_many_urls'],
    );
    assert.match(rejected[0]?.issue.message ?? '', /40/);
    assert.match(rejected[1]?.issue.message ?? '', /2/);
    const problem = await problemOf(`${HEADER}\n1,A,"https://a/1 https://a/2"\n2,B,https://a/3\n`, {
      limits: { imagesPerRequest: 2 },
    });
    assert.deepEqual([problem.code, problem.issues[0]?.line], ['too_many_images', 3]);
  });

  test('the number of columns that is allowed is named', async () => {
    const { detail } = await problemOf(`${HEADER},a,b\n1,Mug,https://a/1\n`, { limits: { columns: 4 } });
    assert.match(detail ?? '', /5 columns; the limit is 4\. Remove/);
    assert.equal((await read(`${HEADER},a,b\n1,Mug,https://a/1\n`, { limits: { columns: 5 } })).products.length, 1);
  });

  test('of two columns of the same name the first is taken, and a warning says so', async () => {
    const { products, warnings } = await read('#,#,Name,Name,Image URL\nA7,9,Mug,Cup,https://a/1\n');
    assert.deepEqual([products[0]?.serial, products[0]?.name], ['A7', 'Mug']);
    assert.deepEqual(
      warnings.map(({ column, code }) => [column, code]),
      [
        ['#', 'duplicate_columns'],
        ['Name', 'duplicate_columns'],
      ],
    );
  });

  test('an issue does not repeat a header cell of 60 kB', async () => {
    const { rejected } = await read(`S. No.,Product Name,${' '.repeat(60_000)}Images\n1,Mug,\n`);
    assert.equal(rejected[0]?.issue.column, 'Images');
    const long = `Image${'-'.repeat(150)}`;
    const { warnings } = await read(`S. No.,Product Name,${long}\n1,Mug,ftp://a/1\n`);
    assert.equal(warnings[0]?.column, long.slice(0, 100));
  });

  test('long rows come few at a time', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},Mug,https://a/${i},${'x'.repeat(300_000)}\n`);
    const open = async function* () {
      yield Buffer.from(`${HEADER},Note\n`);
      for (const row of rows) yield Buffer.from(row);
    };
    const { batches } = await readProducts(open, { limits: LIMITS });
    let products = 0;
    for await (const batch of batches) {
      assert.ok(batch.products.length <= 4, `${batch.products.length} at once`);
      products += batch.products.length;
    }
    assert.equal(products, 30);
  });

  test('a link that cannot be used is a warning, not a bad row', async () => {
    const { products, rejected, warnings } = await read(`${HEADER}\n1,Mug,ftp://a.example/1.jpg\n`);
    assert.deepEqual([products[0]?.urls, rejected], [['ftp://a.example/1.jpg'], []]);
    assert.deepEqual(warnings.map(place), [{ line: 2, column: 'Input Image Urls', code: 'invalid_url' }]);
  });

  test('a quote inside an unquoted name is part of it', async () => {
    const { products } = await read(`${HEADER}\n1,12" frame,https://a.example/1.jpg\n2,Cup,https://a.example/2.jpg\n`);
    assert.deepEqual(
      products.map(({ name }) => name),
      ['12" frame', 'Cup'],
    );
  });
});

describe('bytes', () => {
  const file = 'id;name;images\r\n1;Tasse für Müsli;https://a.example/1.jpg\r\n2;Krug;https://a.example/2.jpg\r\n';
  const utf16be = Buffer.from(file, 'utf16le').swap16();
  const encodings: [string, Uint8Array, CsvLayout['encoding'], boolean][] = [
    ['UTF-8', Buffer.from(file), 'utf-8', false],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${file}`), 'utf-8', true],
    ['UTF-16 LE with its mark', Buffer.from(`\ufeff${file}`, 'utf16le'), 'utf-16le', true],
    ['UTF-16 BE with its mark', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), 'utf-16be', true],
    ['UTF-16 LE without it', Buffer.from(file, 'utf16le'), 'utf-16le', false],
    ['Windows-1252', Buffer.from(file, 'latin1'), 'windows-1252', false],
  ];
  for (const [name, bytes, encoding, bom] of encodings) {
    for (const piece of [1, 7, 65_536]) {
      test(`${name} in pieces of ${piece}`, async () => {
        const { layout, products, warnings } = await read(bytes, { piece });
        assert.deepEqual([layout.encoding, layout.bom, layout.delimiter, layout.newline], [encoding, bom, ';', '\r\n']);
        assert.deepEqual(
          products.map(({ name }) => name),
          ['Tasse für Müsli', 'Krug'],
        );
        assert.deepEqual(
          warnings.map(({ code }) => code),
          encoding === 'windows-1252' ? ['not_utf8'] : [],
        );
      });
    }
  }

  test('a single old letter at the very end decides the encoding', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `${i},Mug,https://a.example/${i}.jpg`).join('\n');
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\n${rows}\n5000,Caf`),
      Buffer.from([0xe9]),
      Buffer.from(',https://a/1\n'),
    ]);
    const { layout, products } = await read(bytes, { limits: { imagesPerRequest: 1e6 } });
    assert.deepEqual([layout.encoding, products.at(-1)?.name], ['windows-1252', 'Café']);
  });

  for (const newline of ['\n', '\r\n', '\r'] as const) {
    test(`lines that end in ${JSON.stringify(newline)}`, async () => {
      const { layout, products } = await read(
        `${HEADER}\n1,a,https://a/1\n2,"b\nc",https://a/2\n3,d,https://a/3\n`.replaceAll('\n', newline),
      );
      assert.equal(layout.newline, newline);
      assert.deepEqual(
        products.map(({ line }) => line),
        [2, 3, 5],
      );
    });
  }

  test('a delimiter that the client names is obeyed', async () => {
    const file = 'id|name|images\n1|Mug|https://a/1.jpg\n';
    assert.equal((await read(file, { table: { delimiter: '|' } })).products.length, 1);
    assert.equal((await problemOf(file, { table: { delimiter: ';' } })).code, 'missing_columns');
  });
});

describe('files that cannot be used', () => {
  const xlsx = Buffer.from('PK\x03\x04\x14\0\x06\0');
  const cases: [string, string | Uint8Array, string, number][] = [
    ['an empty file', '', 'empty_file', 1],
    ['only a byte order mark', '\ufeff', 'empty_file', 1],
    ['only blank lines', '\n\n  \n', 'empty_file', 1],
    ['a header alone', `${HEADER}\n`, 'no_rows', 1],
    ['a header without a line end', HEADER, 'no_rows', 1],
    ['another header', 'foo,bar\n1,2\n', 'missing_columns', 1],
    ['a header of empty cells', ' , , \n1,2,3\n', 'missing_columns', 2],
    ['an XLSX renamed to .csv', xlsx, 'not_csv', 1],
    ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), 'not_csv', 1],
    ['random bytes', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7 + 1) % 32)), 'not_csv', 1],
    ['a NUL byte in a row', `${HEADER}\n1,Mug,https://a/1\n2,M\0g,https://a/2\n`, 'not_csv', 3],
    [
      'a quote that is never closed',
      `${HEADER}\n1,Mug,https://a/1\n2,"Cup,https://a/2\n3,Jug,https://a/3\n`,
      'unclosed_quote',
      3,
    ],
    [
      'a quote that the next quote seems to close',
      `${HEADER}\n1,Mug,https://a/1\n2,"Cup,https://a/2\n3,"Jug",https://a/3\n`,
      'unclosed_quote',
      3,
    ],
    [
      'a quote never closed in a long file',
      `${HEADER}\n1,"Mug,https://a/1\n${'2,Cup,https://a/2\n'.repeat(100_000)}`,
      'unclosed_quote',
      2,
    ],
    ['a first line of 2 MB', `${HEADER},${'x'.repeat(2_000_000)}\n1,Mug,https://a/1\n`, 'row_too_long', 1],
    ['a line of 6 million commas', `${HEADER}\n1,Mug,https://a/1\n${','.repeat(6_000_000)}\n`, 'row_too_long', 3],
    ['a header of 1,001 columns', `${HEADER}${',a'.repeat(998)}\n1,Mug,https://a/1\n`, 'too_many_columns', 1],
    ['a line of 10 MB', `${HEADER}\n1,Mug,https://a/1\n2,${'x'.repeat(10_000_000)},https://a/2\n`, 'row_too_long', 3],
  ];
  for (const [name, bytes, code, line] of cases) {
    test(`${name}: ${code}`, async () => {
      const problem = await problemOf(bytes, { limits: { imagesPerRequest: 1e6 } });
      if (name === 'a header of empty cells') return assert.equal(problem.code, code);
      assert.deepEqual([problem.code, problem.issues[0]?.code, problem.issues[0]?.line], [code, code, line]);
    });
  }
});

describe('whatever is uploaded', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map((s) => `x${s.replace(/[\p{Cc}\ufeff\u2028\u2029]/gu, '')}`.trim());
  const url = fc.webUrl({ withQueryParameters: true }).filter((link) => !/[,;|](\/\/|www\.|$)/i.test(link));
  const product = fc.record(
    {
      serial: fc.nat().map(String),
      name: text,
      urls: fc.array(url, { minLength: 1, maxLength: 4 }),
    },
    { noNullPrototype: true },
  );

  test('products written by any spreadsheet come back the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(product, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...([',', ';', '\t', '|'] as const)),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('utf8' as const, 'utf16le' as const),
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        async (products, delimiter, record_delimiter, encoding, quoted, piece) => {
          const rows = products.map(({ serial, name, urls }) => [serial, name, urls.join(', ')]);
          const csv = stringify([['S. No.', 'Product Name', 'Input Image Urls'], ...rows], {
            delimiter,
            record_delimiter,
            quoted,
          });
          const back = await read(Buffer.from(`\ufeff${csv}`, encoding), { piece });
          assert.deepEqual(
            back.products.map(({ serial, name, urls }) => ({ serial, name, urls })),
            products,
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('no bytes at all break the reader: products come out, or a problem', async () => {
    const rows = fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), { maxLength: 5 });
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      rows.map((cells) => Buffer.from(`${HEADER}\n${cells.map((row) => row.join(',')).join('\n')}`)),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        try {
          for (const { urls } of (await read(bytes)).products) assert.ok(urls.length > 0);
        } catch (error) {
          assert.ok(error instanceof Problem, String((error as Error).stack));
        }
      }),
      { numRuns: 300 },
    );
  });
});
