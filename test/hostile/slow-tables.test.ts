import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../support/read-table.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const GOOD = '1,Mug,https://a.example/1.jpg\n';
const letters = (seed: number, count: number) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(0x4e00 + ((i * 37 + seed * 101) % 20_000))).join('');
/** One character that NFKC makes eighteen of. */
const EXPANDING = '\ufdfa';
const row = (cell: string) => `${HEADER}${GOOD}2,Mug,"${cell}"\n`;
const MEGABYTE = 900_000;
const filled = (text: string) => text.repeat(Math.floor(MEGABYTE / text.length));

/** Of how much processor time each may take at most, in milliseconds; the machine may be busy with others. */
const MOST_MS = 1_200;

const TABLES: [name: string, file: () => string | Uint8Array][] = [
  ['a header of stray quotes', () => `id,name,image,${'"x'.repeat(27_000)}\n1,Mug,https://a.example/1.jpg\n`],
  ['a header of quotes and delimiters', () => `id,name,image,${'"x";|,'.repeat(9_000)}\n${GOOD}`],
  ['5 MB of blank lines', () => HEADER + GOOD + '\n'.repeat(5_000_000)],
  ['5 MB of blank cells', () => HEADER + GOOD + ' , , \n'.repeat(800_000)],
  ['a header of characters that NFKC expands', () => `id,name,image${`,${EXPANDING.repeat(60)}`.repeat(900)}\n${GOOD}`],
  [
    'cells of characters that NFKC expands',
    () => HEADER + `1,${EXPANDING.repeat(60)},https://a.example/1\n`.repeat(5_000),
  ],
  [
    'twenty rows that could be headers of a thousand columns',
    () => `${'image photo 图片,'.repeat(900)}x\n`.repeat(20) + GOOD,
  ],
  [
    'names of words for pictures, again and again',
    () => `id,${'urlimageurlimages'.repeat(11)},image\n${GOOD}`.replace(/^/, ''),
  ],
  [
    'hosts of other letters',
    () =>
      HEADER +
      Array.from(
        { length: 2_000 },
        (_, i) => `${i},Mug,https://${letters(i, 60)}.${letters(i + 1, 60)}.${letters(i + 2, 60)}/x\n`,
      ).join(''),
  ],
  ['a cell of closing brackets', () => row(`https://a.example/1.jpg${filled(')')}`)],
  ['a cell of opening brackets', () => row(filled('['))],
  ['a cell of lists in lists', () => row(`${'['.repeat(400_000)}${']'.repeat(400_000)}`)],
  ['a cell of tags that do not end', () => row(filled('<img src='))],
  ['a cell of starts of links', () => row(filled('https://'))],
  ['a cell of starts of data', () => row(filled('data:image/'))],
  ['a cell of separators', () => row(`https://a.example/1.jpg${filled(', ')}x`)],
  ['a cell of quotes around nothing', () => row(filled("'“”"))],
  ['a cell of entities', () => row(`https://a.example/?${filled('&amp;')}`)],
  ['a cell of hosts without a scheme', () => row(filled('a.b.c.d.e.ex/1 '))],
  ['a cell of labels', () => row(filled('a: '))],
  ['a cell of Markdown', () => row(filled('[![x](https://a.example/1.jpg)](https://a.example) '))],
  ['bytes of no encoding', () => Buffer.concat([Buffer.from(HEADER + GOOD), Buffer.alloc(3_000_000, 0x81)])],
  ['rows of old letters', () => Buffer.from(HEADER + '1,Müsli,https://a.example/1\n'.repeat(30_000), 'latin1')],
];

for (const [name, file] of TABLES) {
  test(`${name}: read or refused in no time`, async () => {
    const content = file();
    // The library that guesses encodings is loaded once.
    const before = process.cpuUsage();
    await readTable(content).catch((error: { code?: string; stack?: string }) => assert.ok(error.code, error.stack));
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1_000 < MOST_MS, `${Math.round((user + system) / 1_000)} ms`);
  });
}
