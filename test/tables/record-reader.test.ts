import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { RecordReader } from '../../src/tables/record-reader.ts';
import { cellValue } from '../../src/tables/written-cell.ts';

/** The rows of a text that comes in pieces. */
function recordsOf(text: string, delimiter = ',', piece = 1_000) {
  const reader = new RecordReader(delimiter);
  const records = [];
  for (let at = 0; at < text.length; at += piece) records.push(...reader.read(text.slice(at, at + piece), false));
  return [...records, ...reader.read('', true)];
}

const cell = fc.string({ unit: fc.constantFrom(...'ab ",;\t\n\r|é漢'), maxLength: 8 });

test('what the library in widest use writes is read as that library reads it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(',', ';', '|'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.integer({ min: 1, max: 50 }),
      (rows, delimiter, record_delimiter, quoted, piece) => {
        // A lone CR ends a row here, and not there: it has to be in quotes.
        const text = stringify(rows, { delimiter, record_delimiter, quoted, quoted_match: /[\r\n]|^\s|\s$/ });
        const expected: string[][] = parse(text, { delimiter, relax_column_count: true, record_delimiter });
        const values = recordsOf(text, delimiter, piece).map(({ cells }) => cells.map(cellValue));
        assert.deepEqual(values, expected);
      },
    ),
  );
});

test('the cells of a row, joined by the delimiter, are the row as it is written', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (cells, piece) => {
      const row = ['x', ...cells]
        .map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
        .join(',');
      const [record] = recordsOf(`${row}\nnext`, ',', piece);
      assert.equal(record?.cells.join(','), row);
    }),
  );
});

test('a row knows its line, and where it begins and ends', () => {
  const text = '\n\nid,name\r\n1,"two\nlines"\r2,b';
  assert.deepEqual(
    recordsOf(text).map(({ line, start, end }) => [line, text.slice(start, end)]),
    [
      [3, 'id,name\r\n'],
      [4, '1,"two\nlines"\r'],
      [6, '2,b'],
    ],
  );
});

test('whatever the text is, its rows are found in time in proportion to it', () => {
  const texts: [name: string, text: string][] = [
    ['blank lines', '\n'.repeat(5_000_000)],
    ['quotes that open cells and close none', '"x,'.repeat(300_000)],
    ['quotes within cells', `${'a"b"",""c"d,'.repeat(80_000)}\n`],
    ['quotes after quotes', `${'""x'.repeat(300_000)}\n`],
    ['rows of quotes that are none', '3,""x,""y\n'.repeat(100_000)],
    ['spaces', `${' '.repeat(900_000)}\n`.repeat(3)],
    ['quoted cells of tabs', '"x\ty\n'.repeat(300_000)],
    ['delimiters', `${','.repeat(900_000)}\n`],
  ];
  for (const [name, text] of texts) {
    const delimiter = name.includes('tabs') ? '\t' : ',';
    const used = process.cpuUsage();
    try {
      recordsOf(text, delimiter, 16_384);
    } catch {
      // Refused is fine, too.
    }
    const { user } = process.cpuUsage(used);
    assert.ok(user < 1_500_000, `${name} took ${user / 1_000} ms`);
  }
});
