import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { readProducts } from '../../src/csv/read-products.ts';
import { csvText, resultCells, resultHeader } from '../../src/csv/write-results.ts';

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
    text += csvText(
      layout,
      products.map((product) => resultCells(layout, product, product.urls.map(output))),
    );
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
