import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { importOf, readTable, resultOf } from '../support/read-table.ts';

/** A dialect: how a program writes a table. */
interface Dialect {
  delimiter: string;
  newline: string;
  encoding: string;
  bom: boolean;
  quotes: 'needed' | 'all' | 'texts';
  /** Written before the delimiter's next cell. */
  space: boolean;
  preamble: string[];
  links: string;
}

const LETTERS: Record<string, string> = {
  'utf-8': 'aé漢🍵Ж"\',;|\t#=-',
  'utf-16le': 'aé漢🍵Ж"\',;|\t#=-',
  'utf-16be': 'aé漢🍵Ж"\',;|\t#=-',
  'windows-1250': 'ažłóśęč"\',;|#=-',
  'windows-1251': 'яжшийлд"\',;|#=-',
  'windows-1252': 'aéüßñ€“”"\',;|#=-',
  'windows-1253': 'αβγδεζη"\',;|#=-',
  'windows-1254': 'aığşçö"\',;|#=-',
  shift_jis: 'あア漢字表能"\',;#=-',
  gbk: '蓝色马克杯"\',;#=-',
  big5: '藍色馬克杯功"\',;#=-',
  'euc-kr': '파란머그컵"\',;#=-',
};

const dialect: fc.Arbitrary<Dialect> = fc.record(
  {
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    encoding: fc.constantFrom(...Object.keys(LETTERS)),
    bom: fc.boolean(),
    quotes: fc.constantFrom('needed' as const, 'all' as const, 'texts' as const),
    space: fc.boolean(),
    preamble: fc.constantFrom([], ['Stock report'], ['# made by hand, see below', '']),
    links: fc.constantFrom(',', ', ', ';', ' ; ', '|', ' ', '~', '::', '<br>', '^'),
  },
  { noNullPrototype: true },
);

const link = fc
  .tuple(
    fc.constantFrom('https://a.example/', 'http://b.example:8080/x,y/', 'https://c.example/f/https://d.example/'),
    fc.nat(999),
  )
  .map(([start, number]) => `${start}${number}.jpg`);

/** Tables of several products, in letters that the encoding has. */
const table = dialect.chain((form) => {
  const letters = [...(LETTERS[form.encoding] ?? '')];
  const text = fc
    .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 })
    .map((characters) => `x${characters.join('')}x`);
  // A table of tabs knows no quotes of its own.
  const note = form.delimiter === '\t' ? text.map((value) => value.replaceAll(/["\t]/g, '')) : text;
  const product = fc.record(
    { name: note, links: fc.array(link, { minLength: 1, maxLength: 3 }), note: fc.oneof(note, fc.constant('')) },
    { noNullPrototype: true },
  );
  return fc.record({ form: fc.constant(form), products: fc.array(product, { minLength: 1, maxLength: 5 }) });
});

const HEADER = ['S. No.', 'Product Name', 'Image Urls', 'Note'];

function written({ delimiter, newline, quotes, space, preamble }: Dialect, rows: string[][]): string {
  const cell = (value: string, column: number) => {
    const needed = value.includes(delimiter) || /["\r\n]/.test(value) || (space && value.startsWith(' '));
    const quoted = needed || quotes === 'all' || (quotes === 'texts' && !/^\d*$/.test(value));
    const gap = space && quoted && column > 0 && delimiter !== '\t' ? ' ' : '';
    return gap + (quoted ? `"${value.replaceAll('"', '""')}"` : value);
  };
  const lines = rows.map((cells) => cells.map(cell).join(delimiter));
  return [...preamble, ...lines].map((line) => line + newline).join('');
}

function inBytes(text: string, { encoding, bom }: Dialect): Buffer {
  const whole = bom && encoding.startsWith('utf') ? `\ufeff${text}` : text;
  if (encoding === 'utf-16be') return Buffer.from(whole, 'utf16le').swap16();
  if (encoding === 'utf-16le') return Buffer.from(whole, 'utf16le');
  return encoding === 'utf-8' ? Buffer.from(whole) : iconv.encode(whole, encoding);
}

test('a table of any dialect and encoding is read exactly, and comes back byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 200 }), async ({ form, products }, piece) => {
      const rows = products.map(({ name, links, note }, index) => [`${index + 1}`, name, links.join(form.links), note]);
      const upload = inBytes(written(form, [HEADER, ...rows]), form);
      // Of a few letters no encoding of before Unicode can be told: it is named, as a client may.
      const named = form.encoding.startsWith('utf') ? {} : { encoding: form.encoding };
      const read = await readTable(upload, named, piece);
      assert.deepEqual(read.rejected, []);
      assert.deepEqual(
        [read.layout.delimiter, read.layout.newline, read.layout.encoding],
        [form.delimiter, form.newline, form.encoding],
      );
      assert.deepEqual(
        read.products.map(({ serial, name, urls }) => ({ serial, name, urls })),
        products.map(({ name, links }, index) => ({ serial: `${index + 1}`, name, urls: links })),
      );
      assert.deepEqual(await importOf(read, () => undefined), upload);
      const result = await resultOf(read, () => 'OUT');
      const outputs = products.map(({ links }) => (links.length > 1 ? `"${links.map(() => 'OUT').join(',')}"` : 'OUT'));
      const expected = inBytes(withColumn(form, written(form, [HEADER, ...rows]), outputs), form);
      assert.deepEqual(result, expected);
    }),
    { numRuns: 250 },
  );
});

/** What the result is to be: each line of the upload with one cell more. */
function withColumn({ preamble, newline, delimiter }: Dialect, text: string, outputs: string[]): string {
  const lines = text.split(newline);
  return lines
    .map((line, index) => {
      const row = index - preamble.length;
      if (row < 0 || line === '') return line;
      return `${line}${delimiter}${row === 0 ? 'Output Image Urls' : outputs[row - 1]}`;
    })
    .join(newline);
}

test('new links stand in the place of the old ones, and nothing else of the cell changes', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ form, products }) => {
      const rows = (links: (of: string[]) => string[]) =>
        products.map((product, index) => [
          `${index + 1}`,
          product.name,
          links(product.links).join(form.links),
          product.note,
        ]);
      const unquoted: Dialect = { ...form, quotes: 'all', space: false };
      const fresh = (url: string) => `https://p.example/${url.length}.webp`;
      const read = await readTable(
        inBytes(written(unquoted, [HEADER, ...rows((of) => of)]), form),
        namedEncoding(form),
      );
      const imported = await importOf(read, fresh);
      const again = await readTable(imported, namedEncoding(form));
      assert.deepEqual(
        again.products.map(({ urls }) => urls),
        products.map(({ links }) => links.map(fresh)),
      );
    }),
    { numRuns: 60 },
  );
});

function namedEncoding({ encoding }: Dialect) {
  return encoding.startsWith('utf') ? {} : { encoding };
}
