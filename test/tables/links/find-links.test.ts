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

const one = 'https://s.example/1.jpg';
const two = 'https://s.example/2.jpg';
const both = [one, two];

/** Forms in which programs and people write links. */
const FORMS: [form: string, cell: string, links: string[]][] = [
  ...['~', '::', '#', '^', '<br>', '<br/>\n', '\\n', ' | ', ';', ' '].map((joint): [string, string, string[]] => [
    `joined by ${JSON.stringify(joint)}`,
    one + joint + two,
    both,
  ]),
  ['a list of JSON', `["${one}", "${two}"]`, both],
  ['a list of PHP', '["https:\\/\\/s.example\\/1.jpg"]', [one]],
  ['objects with src', `[{"src":"${one}","alt":"front, left"},{"src":"${two}"}]`, both],
  ['attachments with previews', `[{"id":"x","url":"${one}","thumbnails":{"small":{"url":"${two}"}}}]`, [one]],
  ['an object by links', `{"${one}":[500,400],"${two}":[50,40]}`, both],
  ['a list of Python', `['${one}', '${two}']`, both],
  ['objects of Python', `[{'url': '${one}', 'thumb': '${two}'}]`, [one]],
  ['a list of PostgreSQL', `{${one},${two}}`, both],
  ['an empty list', '[]', []],
  ['names with links', `front (1).jpg (${one}),back.jpg (${two}) , `, both],
  ['labels', `front: ${one}; back: ${two}`, both],
  ['HTML', `<p>New <img alt="x" src="${one}"><img src='${two}'/></p>`, both],
  ['a picture of HTML in a link', `<a href="https://s.example/page"><img src=${one}></a>`, [one]],
  ['a link of HTML', `<a href="${one}">${one}</a>`, [one]],
  ['Markdown', `![front](${one}) ![back](${two})`, both],
  ['a picture of Markdown in a link', `[![front](${one})](https://s.example/page)`, [one]],
  ['an image formula', `=IMAGE("${one}"; 4; 20; 20)`, [one]],
  ['a link formula', `=HYPERLINK("${one}","${one}")`, [one]],
  ['straight quotes', `"${one}", "${two}"`, both],
  ['curly quotes around all', `“${one}, ${two}”`, both],
  ['angle quotes', `«${one}»`, [one]],
  ['angle brackets', `<${one}>`, [one]],
  ['texts of an importer', `${one} ! alt : front ! title : Mug | ${two}`, both],
  ['a set of widths', `${one} 300w, ${two} 600w`, both],
  [
    'pictures in the cell',
    'data:image/gif;base64,R0//lG=,data:image/png;base64,AA==',
    ['data:image/gif;base64,R0//lG=', 'data:image/png;base64,AA=='],
  ],
  ['a text and a link', `front.webp, ${one}`, ['front.webp', one]],
];

for (const [form, cell, links] of FORMS) {
  test(`the links of a cell are found: ${form}`, () => {
    assert.deepEqual(linksOf(cell), links);
    assert.ok(!findLinks(cell).some(({ repaired }) => repaired), 'nothing of that is a repair');
  });
}

/** Links that hold another one. */
for (const link of [
  'https://p.example/fetch/https://s.example/1.jpg',
  'https://p.example/?url=https://s.example/1.jpg',
  'https://p.example/?a=1&https://s.example/1.jpg',
  'https://p.example/im_/https://s.example/1.jpg',
  "https://s.example/o'neil (1).jpg",
  'https://s.example/w_1,h_2/~v~2.jpg',
]) {
  test(`${link} stays whole`, () => assert.deepEqual(linksOf(`${link},${two}`), [link, two]));
}

/** What was written wrong, and what was surely meant. */
const REPAIRS: [cell: string, links: string[]][] = [
  ['https://s.example/1.jpg?w=1&amp;h=2', ['https://s.example/1.jpg?w=1&h=2']],
  ['https://s.example/1.jpg?w=1&amp;amp;h=2&#038;q=3', ['https://s.example/1.jpg?w=1&h=2&q=3']],
  ['cdn.s.example/1.jpg, s.example:8080/2.jpg', ['https://cdn.s.example/1.jpg', 'https://s.example:8080/2.jpg']],
  ['https://https://s.example/1.jpg', [one]],
  ['https://s.example/mug #1.jpg', ['https://s.example/mug %231.jpg']],
];

for (const [cell, links] of REPAIRS) {
  test(`"${cell}" is repaired`, () => {
    assert.deepEqual(linksOf(cell), links);
    assert.ok(findLinks(cell).every(({ repaired }) => repaired));
  });
}

test('a link joined to the next by nothing is never fetched as one, and that is said', () => {
  assert.deepEqual(
    findLinks(one + two).map(({ link, repaired = false }) => [link, repaired]),
    [
      [one, false],
      [two, true],
    ],
  );
});

test('a picture in a vector file keeps the part that a # names', () => {
  assert.deepEqual(linksOf('https://s.example/icons.svg#mug'), ['https://s.example/icons.svg#mug']);
});

test('a separator that the client names splits what no link tells apart', () => {
  assert.deepEqual(
    findLinks('a.jpg / b.jpg', ' / ').map(({ link, start }) => [link, start]),
    [
      ['a.jpg', 0],
      ['b.jpg', 8],
    ],
  );
});

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
