import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findLinks } from '../../../src/tables/links/find-links.ts';

const linksOf = (cell: string) => findLinks(cell).map(({ link }) => link);

const CASES: [string, string[]][] = [
  ['https://a/1.jpg,https://a/2.jpg', ['https://a/1.jpg', 'https://a/2.jpg']],
  [
    ' https://a/1.jpg ; HTTP://a/2.jpg | www.a.example/3.jpg\n//a/4.jpg ',
    ['https://a/1.jpg', 'HTTP://a/2.jpg', 'www.a.example/3.jpg', '//a/4.jpg'],
  ],
  ['https://a/w_300,h_200/1.jpg', ['https://a/w_300,h_200/1.jpg']],
  [
    'https://a/w_300,h_200/1.jpg,https://a/c_fill,w_3/2.jpg',
    ['https://a/w_300,h_200/1.jpg', 'https://a/c_fill,w_3/2.jpg'],
  ],
  ['https://proxy/?u=https://a/1.jpg', ['https://proxy/?u=https://a/1.jpg']],
  ['https://a/1.jpg,', ['https://a/1.jpg']],
  ['not a link', ['not a link']],
  ['', []],
  [' , ; ', []],
];

for (const [cell, urls] of CASES) {
  test(`"${cell}" holds ${urls.length}`, () => assert.deepEqual(linksOf(cell), urls));
}

const separator = fc.stringMatching(/^ ?[,;|\n] ?$/);
// What the rule itself cannot tell from a boundary is left out: a separator before the start of a link.
const link = fc
  .tuple(fc.constantFrom('https://', 'http://', '//', 'www.'), fc.stringMatching(/^[a-z0-9.,;|/?=&_-]{1,40}[a-z0-9]$/))
  .map((parts) => parts.join(''))
  .filter((text) => !/[,;|](?:https?:\/\/|\/\/|www\.)/.test(text));

test('links joined by any separator are split into the same links', () => {
  fc.assert(
    fc.property(fc.array(link, { minLength: 1, maxLength: 8 }), separator, (links, between) => {
      assert.deepEqual(linksOf(links.join(between)), links);
    }),
  );
});

test('a link that was split off is not split again', () => {
  fc.assert(
    fc.property(fc.string(), (cell) => {
      for (const url of linksOf(cell)) assert.deepEqual(linksOf(url), [url]);
    }),
  );
});

test('a megabyte of separators is read in no time', () => {
  const started = performance.now();
  assert.deepEqual(linksOf(`https://a/1.jpg${', '.repeat(500_000)}x`), [`https://a/1.jpg${', '.repeat(500_000)}x`]);
  assert.ok(performance.now() - started < 2_000);
});
