import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/domain/problem.ts';
import { readUpload } from '../../support/read-upload.ts';

const refusal = (name: string, content: string, csvBytes = 10_000_000) =>
  readUpload(name, content, { csvBytes }).then(
    () => assert.fail('it was accepted'),
    (error) => (error instanceof Problem ? error : assert.fail(String(error))),
  );

const PRODUCTS = [
  {
    id: 7,
    title: 'Mug',
    seo: { title: 'A mug', tags: ['blue', 'tall'] },
    images: [{ src: 'https://a/1.jpg' }, { src: 'https://a/2,5.jpg', alt: 'back' }],
  },
  { id: 8, title: 'Cup', price: null, images: ['https://a/3.jpg'], sold: false },
];
const HEADER = ['id', 'title', 'seo.title', 'seo.tags', 'images', 'price', 'sold'];
const URLS = [['https://a/1.jpg', 'https://a/2,5.jpg'], ['https://a/3.jpg']];

describe('products in JSON', () => {
  for (const [what, name, content] of [
    ['an array', 'a.json', JSON.stringify(PRODUCTS)],
    ['an array over many lines, with a mark', 'a.json', `\ufeff${JSON.stringify(PRODUCTS, null, 2)}\n`],
    [
      'an array in an object',
      'a.json',
      JSON.stringify({ count: 2, page: { next: null }, products: PRODUCTS, more: [{ a: 1 }] }),
    ],
    ['one object a line', 'a.jsonl', PRODUCTS.map((product) => JSON.stringify(product)).join('\r\n')],
    [
      'one object a line, whatever the name says',
      'a.json',
      `${PRODUCTS.map((product) => JSON.stringify(product)).join('\n\n')}\n`,
    ],
  ] as const) {
    test(`are read from ${what}: nested members are columns, lists of links are links`, async () => {
      const { layout, products } = await readUpload(name, content);
      assert.deepEqual([layout.header, layout.bom, layout.newline], [HEADER, true, '\r\n']);
      assert.deepEqual(
        products.map(({ serial, name: title, urls }) => [serial, title, urls]),
        [
          ['7', 'Mug', URLS[0]],
          ['8', 'Cup', URLS[1]],
        ],
      );
      assert.deepEqual(products[1]?.cells, ['8', 'Cup', '', '', null, '', 'false']);
    });
  }

  test('may be in UTF-16, and packed', async () => {
    const { products } = await readUpload('a.json', Buffer.from(`\ufeff${JSON.stringify(PRODUCTS)}`, 'utf16le'));
    assert.equal(products.length, 2);
  });

  test('keep numbers as they are written', async () => {
    const one = '{"id": 12345678901234567890, "price": 1.50, "exact": 1e2, "image": "https://a/1.jpg"}';
    for (const [name, content] of [
      ['a.json', `[${one}]`],
      ['a.jsonl', one],
    ] as const) {
      assert.deepEqual((await readUpload(name, content)).products[0]?.cells.slice(0, 3), [
        '12345678901234567890',
        '1.50',
        '1e2',
      ]);
    }
  });

  test('lines of JSON Lines are those of the file, and a product of an array is known by its number', async () => {
    const line = (image: string) => JSON.stringify({ id: 1, image });
    const numbers = async (name: string, content: string) =>
      (await readUpload(name, content)).products.map((product) => product.line);
    assert.deepEqual(await numbers('a.jsonl', `\n${line('https://a/1.jpg')}\n\n${line('https://a/2.jpg')}`), [2, 4]);
    assert.deepEqual(await numbers('a.json', `[${line('https://a/1.jpg')},${line('https://a/2.jpg')}]`), [1, 2]);
  });

  test('the first product is never taken for the header', async () => {
    const { layout, products } = await readUpload(
      'a.json',
      JSON.stringify([{ image: 'https://a/1.jpg', name: 'title' }]),
    );
    assert.deepEqual([layout.header, products.length], [['image', 'name'], 1]);
  });

  test('texts come back as they were, however they are cut into pieces', async () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 30 })
      .filter((value) => value.trim() === value && value !== '');
    const member = fc.oneof(text, fc.constantFrom('"', '\\', '\u2028', 'a\nb', '\u0001', 'x'.repeat(40_000)));
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 10 }), fc.boolean(), async (notes, lines) => {
        const records = notes.map((note, i) => ({ id: `${i}`, image: `https://a/${i}.jpg`, note: { text: note } }));
        const content = lines ? records.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(records);
        const { products } = await readUpload(lines ? 'a.jsonl' : 'a.json', content);
        assert.deepEqual(
          products.map(({ cells }) => cells[2]),
          notes,
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('JSON that cannot be used', () => {
  const cases: [string, string, string, string, RegExp][] = [
    ['nothing', 'a.json', '', 'empty_file', /empty/],
    ['an empty array', 'a.json', '[]', 'empty_file', /empty/],
    ['an array of texts', 'a.json', '["https://a/1.jpg"]', 'not_csv', /must be an object/],
    ['a text', 'a.json', '"x"', 'not_csv', /neither with \[/],
    ['an object without a list', 'a.json', '{\n"a": {"b": 1}}', 'not_csv', /no list of products/],
    [
      'products without links',
      'a.json',
      '[{"price": 1}]',
      'missing_columns',
      /^The products have no member for image links. Found: "price". .*"Image Urls" with the links of the pictures\.$/,
    ],
    ['half an array', 'a.json', '[{"image": "https://a/1.jpg"}, {"image"', 'not_csv', /after product 1/],
    ['something behind the end', 'a.json', '[{"image": "https://a/1.jpg"}] x', 'not_csv', /./],
    ['a broken line', 'a.jsonl', '{"image": "https://a/1.jpg"}\n{"image"', 'not_csv', /Line 2/],
    ['a list as a line', 'a.jsonl', '[1]', 'not_csv', /must be an object/],
  ];
  for (const [what, name, content, code, sentence] of cases) {
    test(`${what}: ${code}`, async () => {
      const problem = await refusal(name, content);
      assert.deepEqual([problem.code, sentence.test(problem.detail ?? '')], [code, true], problem.detail);
    });
  }

  test('that is made to be slow or large is soon refused', async () => {
    const many = (count: number, of: (i: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join(',');
    for (const [content, code] of [
      [`[${'['.repeat(900_000)}`, 'not_csv'],
      [`[{"a":${'['.repeat(900_000)}`, 'not_csv'],
      [`[{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}]`, 'not_csv'],
      [`[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`, 'not_csv'],
      [`[{"a":"${'x'.repeat(3_000_000)}"}]`, 'row_too_long'],
      [`[{${many(20_000, (i) => `"a${i}":1`)}}]`, 'too_many_columns'],
      [`[${many(400, (i) => `{"a${i}":"x"}`)},${many(2_000, () => '{"a399":"x"}')}]`, 'csv_too_large'],
    ] as const) {
      const started = performance.now();
      assert.equal((await refusal('a.json', content, 1_000_000)).code, code, content.slice(0, 30));
      assert.ok(performance.now() - started < 3_000, content.slice(0, 30));
    }
  });
});
