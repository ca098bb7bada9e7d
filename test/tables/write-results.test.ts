import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { readProducts } from '../../src/tables/read-products.ts';
import { importRow, inTexts, resultHeader, resultRow } from '../../src/tables/write-results.ts';

const LIMITS = { columns: 1_000, imagesPerRequest: 1_000, urlsPerProduct: 50, urlLength: 2_048 };

async function result(
  file: string,
  output = (url: string) => url.replace('https://a/', 'https://p/'),
): Promise<string> {
  const { layout, batches } = await readProducts(
    async function* () {
      yield Buffer.from(file);
    },
    { limits: LIMITS },
  );
  let text = resultHeader(layout);
  for await (const { products } of batches) {
    for (const product of products) text += resultRow(layout, product, product.urls.map(output));
  }
  return text;
}

test('the uploaded columns come back in order with one more', async () => {
  assert.equal(
    await result('Colour;S. No.;Product Name;Images\r\nred;1;Mug;https://a/1.jpg\r\n'),
    'Colour;S. No.;Product Name;Images;Output Image Urls\r\nred;1;Mug;https://a/1.jpg;https://p/1.jpg\r\n',
  );
});

test('the links of a ragged row are one quoted cell, before and after', async () => {
  assert.equal(
    await result('S. No.,Product Name,Images\n1,Mug,https://a/1.jpg,https://a/2.jpg\n'),
    'S. No.,Product Name,Images,Output Image Urls\n1,Mug,"https://a/1.jpg,https://a/2.jpg","https://p/1.jpg,https://p/2.jpg"\n',
  );
});

test('an output column that is there already is filled', async () => {
  assert.equal(
    await result('id,Output Image Urls,name,image\n1,old,Mug,https://a/1.jpg\n'),
    'id,Output Image Urls,name,image\n1,https://p/1.jpg,Mug,https://a/1.jpg\n',
  );
});

test('the outputs of a short row stand below their header', async () => {
  const rows = [
    '1,Mug,https://a/1.jpg',
    '2,Cup,https://a/2.jpg,,',
    '3,Jug,https://a/3.jpg,red',
    '4,Pot,https://a/4.jpg,,x',
  ];
  assert.equal(
    await result(`id,name,image,colour,note\n${rows.join('\n')}\n`),
    [
      'id,name,image,colour,note,Output Image Urls',
      '1,Mug,https://a/1.jpg,,,https://p/1.jpg',
      '2,Cup,https://a/2.jpg,,,https://p/2.jpg',
      '3,Jug,https://a/3.jpg,red,,https://p/3.jpg',
      '4,Pot,https://a/4.jpg,,x,https://p/4.jpg\n',
    ].join('\n'),
  );
});

test('a row that an older version filled up to the header comes back as a short one', () => {
  const layout = {
    ...({ encoding: 'utf-8', bom: false, delimiter: ',', newline: '\n', outputColumn: null } as const),
    ...{ header: ['id', 'name', 'image', 'note', 'more'], serialColumn: 0, nameColumn: 1, imageColumns: [2] },
  };
  const urls = ['https://a/1.jpg'];
  for (const cells of [
    ['1', 'Mug', null],
    ['1', 'Mug', null, '', ''],
  ]) {
    const product = { cells, urls };
    assert.equal(resultRow(layout, product, ['https://p/1.jpg']), '1,Mug,https://a/1.jpg,,,https://p/1.jpg\n');
    assert.equal(importRow(layout, product, ['https://p/1.jpg']), '1,Mug,https://p/1.jpg,,\n');
  }
});

test('long rows are written few at a time', () => {
  const line = `1,${'x'.repeat(400_000)}\n`;
  const texts = [...inTexts([1, 2, 3, 4], () => line)];
  assert.deepEqual(
    texts.map((text) => text.split('\n').length - 1),
    [2, 2],
  );
});

test('the byte order mark comes back', async () => {
  assert.ok((await result('\ufeffid,name,image\n1,Mug,https://a/1.jpg\n')).startsWith('\ufeffid,'));
});

test('a cell that a spreadsheet would run is neutralised', async () => {
  for (const name of ['=HYPERLINK("http://x")', '+cmd|calc', '-2+cmd', '@SUM(A1)', '＝1+1']) {
    const csv = await result(`id,name,image,note\n1,Mug,https://a/1.jpg,"${name.replaceAll('"', '""')}"\n`);
    assert.equal(parse(csv)[1]?.[3], `'${name}`);
  }
});

test('ordinary names and numbers come back byte for byte', async () => {
  for (const name of [
    'Mug = Cup',
    "O'Neil",
    '-12.50',
    '+49 170 1234',
    '-',
    '5 %',
    '-5%',
    'a@b.example',
    'Ünï“quote”',
    '  x  ',
    'a "b" c',
  ]) {
    const csv = await result(`id,name,image,note\n1,Mug,https://a/1.jpg,"${name.replaceAll('"', '""')}"\n`);
    assert.equal(parse(csv)[1]?.[3], name);
  }
});

test('where an older release has told links apart otherwise, no new link takes the place of another', () => {
  const layout = {
    ...({ encoding: 'utf-8', bom: false, delimiter: ',', newline: '\n', outputColumn: null } as const),
    ...{ header: ['id', 'image', 'more'], serialColumn: 0, nameColumn: null, imageColumns: [1, 2] },
  };
  const cells = ['1', 'https://a/1.jpg~https://a/2.jpg', 'https://a/3.jpg'];
  const product = { cells, urls: ['https://a/1.jpg~https://a/2.jpg', 'https://a/3.jpg'] };
  assert.equal(importRow(layout, product, ['https://p/1', 'https://p/3']), '1,"https://p/1,https://p/3",\n');
});
