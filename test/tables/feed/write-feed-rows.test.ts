import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../src/domain/problem.ts';
import { readUpload } from '../../support/read-upload.ts';

const rss = (items: string) =>
  `<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel><title>Our shop</title><link>https://shop.example</link>${items}</channel></rss>`;
const item = (members: string) => `<item>${members}</item>`;
const refusal = (content: string, csvBytes = 1_000_000) =>
  readUpload('feed.xml', content, { csvBytes }).then(
    () => assert.fail('it was accepted'),
    (error) => (error instanceof Problem ? error : assert.fail(String(error))),
  );

describe('a product feed for Google Merchant Center', () => {
  test('in RSS: one product an item, with its further images and its nested members', async () => {
    const { layout, products } = await readUpload(
      'feed.xml',
      rss(
        item(
          `<g:id>A-1</g:id><g:title><![CDATA[Mug & saucer]]></g:title><g:link>https://shop.example/1</g:link>
           <g:image_link>https://a/1.jpg?a=1&amp;b=2</g:image_link><g:additional_image_link>https://a/2.jpg</g:additional_image_link>
           <g:additional_image_link>https://a/3.jpg</g:additional_image_link><g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>`,
        ) +
          item(
            '<g:id>A-2</g:id><g:title>Cup</g:title><g:link>https://shop.example/2</g:link><g:image_link>https://a/4.jpg</g:image_link>',
          ),
      ),
    );
    assert.deepEqual(layout.header, [
      'id',
      'title',
      'link',
      'image_link',
      'additional_image_link',
      'shipping.country',
      'shipping.price',
    ]);
    assert.deepEqual(
      [layout.shop, layout.bom, layout.delimiter, layout.newline],
      ['google-merchant', true, ',', '\r\n'],
    );
    assert.deepEqual(
      products.map(({ name, urls }) => [name, urls]),
      [
        ['Mug & saucer', ['https://a/1.jpg?a=1&b=2', 'https://a/2.jpg', 'https://a/3.jpg']],
        ['Cup', ['https://a/4.jpg']],
      ],
    );
    assert.equal(products[0]?.cells[5], 'DE');
  });

  test('in Atom, where links are attributes, and in another prefix and encoding', async () => {
    const feed = `<?xml version="1.0" encoding="ISO-8859-1"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:c="http://base.google.com/ns/1.0">
      <title>Läden</title><entry><title>Süße Tasse</title><link href="https://shop.example/1"/><c:id>7</c:id><c:image_link>https://a/1.jpg</c:image_link></entry></feed>`;
    const { layout, products } = await readUpload('feed.xml', Buffer.from(feed, 'latin1'));
    assert.deepEqual(layout.header, ['title', 'link', 'id', 'image_link']);
    assert.deepEqual(
      [products[0]?.name, products[0]?.urls, products[0]?.cells[1]],
      ['Süße Tasse', ['https://a/1.jpg'], 'https://shop.example/1'],
    );
  });

  test('a title of RSS beside one of Google keeps a name of its own', async () => {
    const { layout, products } = await readUpload(
      'feed.rss',
      rss(
        item(
          '<title>Mug | Our shop</title><g:title>Mug</g:title><g:id>1</g:id><g:link>https://s/1</g:link><g:image_link>https://a/1.jpg</g:image_link>',
        ),
      ),
    );
    assert.deepEqual([layout.header.slice(0, 2), products[0]?.name], [['feed.title', 'title'], 'Mug']);
  });

  test('any text comes back as it was', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const typed = text.filter(
      (value) => value.trim() === value && value !== '' && !/(?![\n])\p{Cc}|[\ufffe\uffff]/u.test(value),
    );
    const escaped = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    await fc.assert(
      fc.asyncProperty(fc.array(typed, { minLength: 1, maxLength: 12 }), async (names) => {
        const items = names.map((name, i) =>
          item(`<g:id>${i}</g:id><g:note>${escaped(name)}</g:note><g:image_link>https://a/${i}.jpg</g:image_link>`),
        );
        const { products } = await readUpload('feed.xml', rss(items.join('')));
        assert.deepEqual(
          products.map(({ cells }) => cells[1]),
          names,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('that cannot be used says why, soon', async () => {
    const cases: [string, string, RegExp][] = [
      ['<html><body>Sign in</body></html>', 'not_csv', /no products/],
      [rss(''), 'not_csv', /no products/],
      [rss(item('<g:id>1')), 'not_csv', /damaged/],
      ['<!DOCTYPE x [<!ENTITY a "ha">]><rss/>', 'not_csv', /document type/],
      [rss(item(`<g:id>${'<a>'.repeat(10_000)}`)), 'not_csv', /damaged/],
      [rss(item(`<g:title>${'x'.repeat(1_200_000)}</g:title>`)), 'row_too_long', /./],
      [rss(Array.from({ length: 20_000 }, (_, i) => item(`<g:a${i}>1</g:a${i}>`)).join('')), 'csv_too_large', /./],
    ];
    for (const [content, code, sentence] of cases) {
      const started = performance.now();
      const problem = await refusal(content);
      assert.deepEqual(
        [problem.code, sentence.test(problem.detail ?? problem.issues[0]?.message ?? '')],
        [code, true],
        problem.detail,
      );
      assert.ok(performance.now() - started < 3_000, content.slice(0, 40));
    }
  });
});
