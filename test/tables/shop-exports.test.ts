import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Problem } from '../../src/domain/problem.ts';
import { type CsvBatch, readProducts } from '../../src/tables/read-products.ts';
import { unpackFile } from '../../src/tables/unpack.ts';
import { importHeader, importRow, resultHeader, resultRow } from '../../src/tables/write-results.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = { columns: 1_000, imagesPerRequest: 1_000, urlsPerProduct: 50, urlLength: 2_048 };
const SHOPIFY = 'Handle,Title,Image Src,Image Position,Variant Image';

async function read(open: () => AsyncIterable<Uint8Array>, format: 'csv' | 'sheet' = 'csv') {
  const { layout, batches } = await readProducts(open, { format, limits: LIMITS });
  const all: CsvBatch = { products: [], rejected: [], warnings: [] };
  for await (const { products, rejected, warnings, notices = [] } of batches) {
    all.products.push(...products);
    all.rejected.push(...rejected);
    all.warnings.push(...warnings, ...notices);
  }
  const issues = {
    rejected: all.rejected.map(({ issue }) => issue.code),
    warnings: all.warnings.map(({ code }) => code),
  };
  return { layout, products: all.products, ...issues };
}

async function readSample(name: string) {
  const sample = join(import.meta.dirname, '../../samples/exports', name);
  const { path, format } = await unpackFile(sample, join(temporaryFolder(), 'unpacked'), name, 1_000_000);
  return read(() => createReadStream(path), format);
}

const readText = (text: string) =>
  read(async function* () {
    yield Buffer.from(text);
  });

describe('the sample', () => {
  test('of Shopify: a row an image, its name from the first row of the product', async () => {
    const { layout, products, rejected, warnings } = await readSample('shopify.csv');
    assert.deepEqual([layout.shop, rejected, warnings], ['shopify', [], ['rows_are_numbered']]);
    assert.deepEqual(
      products.map(({ line, serial, name, urls }) => [line, serial, name, urls]),
      [
        [2, '1', 'Blue Mug', ['https://shop.example/mug-1.jpg', 'https://shop.example/mug-1.jpg']],
        [4, '2', 'Blue Mug', ['https://shop.example/mug-2.jpg', 'https://shop.example/mug-large.jpg']],
        [5, '3', 'Blue Mug', ['https://shop.example/mug-3.jpg']],
        [6, '4', 'Red Mug', ['https://shop.example/red.jpg']],
        [7, '5', 'Red Mug', []],
      ],
    );
  });

  test('of WooCommerce: a variation without an image is no fault', async () => {
    const { layout, products, rejected, warnings } = await readSample('woocommerce.csv');
    assert.deepEqual([layout.shop, rejected, warnings], ['woocommerce', [], []]);
    assert.deepEqual(
      products.map(({ serial, name, urls }) => [serial, name, urls.length]),
      [
        ['101', 'Blue Mug', 2],
        ['102', 'Red Mug', 1],
        ['103', 'Green Mug', 1],
        ['104', 'Green Mug - Large', 0],
      ],
    );
    assert.equal(resultHeader(layout), 'ID,Type,SKU,Name,Published,Regular price,Images,Output Image Urls\n');
  });

  test('of Google Merchant: the first image and the additional ones, given back as they were', async () => {
    const { layout, products, rejected, warnings } = await readSample('google-merchant.tsv');
    assert.deepEqual([layout.shop, layout.delimiter, rejected, warnings], ['google-merchant', '\t', [], []]);
    assert.deepEqual(
      products.map(({ serial, name, urls }) => [serial, name, urls]),
      [
        [
          'mug-1',
          'Blue Mug',
          ['https://shop.example/mug-1.jpg', 'https://shop.example/mug-2.jpg', 'https://shop.example/mug-3.jpg'],
        ],
        ['mug-2', 'Red Mug', ['https://shop.example/red.jpg']],
        ['mug-3', 'Green Mug', []],
      ],
    );
    const rows = products.map((product) => resultRow(layout, product, ['out.jpg']));
    assert.match(rows.join(''), /\tA mug, red\t/);
    assert.deepEqual(rows[1]?.split('\t').slice(4), ['https://shop.example/red.jpg', '', '8.50 EUR', 'out.jpg\n']);
  });

  test('of a workbook', async () => {
    const { layout, products, rejected, warnings } = await readSample('products.xlsx');
    assert.deepEqual([layout.sheet, rejected, warnings], ['Mugs', [], []]);
    assert.deepEqual(
      products.map(({ serial, name, urls }) => [serial, name, urls.length]),
      [
        ['1', 'Blue Mug', 2],
        ['2', 'Red Mug', 1],
      ],
    );
  });
});

describe('a file for the import', () => {
  const imported = async (text: string) => {
    const { layout, products } = await readText(text);
    const made = (url: string) => (url.includes('lost') ? url : url.replace('https://a/', 'https://p/'));
    return (
      importHeader(layout) + products.map((product) => importRow(layout, product, product.urls.map(made))).join('')
    );
  };

  test('of Shopify has the new links in both columns, and every other cell as it was', async () => {
    assert.equal(
      await imported(
        `${SHOPIFY}\nmug,-20% Mug,https://a/1.jpg,1,\nmug,,,,https://a/2.jpg\nmug,,https://a/lost.jpg,2,https://a/1.jpg\nmug,,,,\n`,
      ),
      `${SHOPIFY}\nmug,-20% Mug,https://p/1.jpg,1,\nmug,,,,https://p/2.jpg\nmug,,https://a/lost.jpg,2,https://p/1.jpg\nmug,,,,\n`,
    );
  });

  test('of WooCommerce has them separated as before', async () => {
    assert.equal(
      await imported(
        'ID,Type,SKU,Name,Images\n1,simple,M,=Mug,"https://a/1.jpg, https://a/lost.jpg"\n2,variation,M-L,Mug,\n',
      ),
      'ID,Type,SKU,Name,Images\n1,simple,M,=Mug,"https://p/1.jpg, https://a/lost.jpg"\n2,variation,M-L,Mug,\n',
    );
  });

  test('of Google Merchant has as many links in each column as before', async () => {
    assert.equal(
      await imported(
        'id\ttitle\tlink\timage link\tadditional image link\n1\tMug\thttps://a/\thttps://a/1.jpg\t"https://a/2.jpg,https://a/3.jpg"\n',
      ),
      'id\ttitle\tlink\timage link\tadditional image link\n1\tMug\thttps://a/\thttps://p/1.jpg\t"https://p/2.jpg,https://p/3.jpg"\n',
    );
  });

  test('of any other table, too: a family of columns stays one', async () => {
    assert.equal(
      await imported('id,name,image_1,image_2,image_3\n1,Mug,https://a/1.jpg,,https://a/3.jpg\n'),
      'id,name,image_1,image_2,image_3\n1,Mug,https://p/1.jpg,,https://p/3.jpg\n',
    );
  });
});

describe('an export', () => {
  test('of Shopify with the names of its new columns is one', async () => {
    const { layout, products } = await readText(
      'Title,URL handle,Product image URL,Variant image URL\nMug,mug,https://a/1.jpg,\n,mug,,https://a/2.jpg\n',
    );
    assert.equal(layout.shop, 'shopify');
    assert.deepEqual(
      products.map(({ name, urls }) => [name, urls]),
      [
        ['Mug', ['https://a/1.jpg']],
        ['Mug', ['https://a/2.jpg']],
      ],
    );
  });

  test('whose image rows lost their first row still has names: the handles', async () => {
    const { products, rejected } = await readText(
      `${SHOPIFY}\nblue-mug,,https://a/1.jpg,2,\nred,Red,https://a/2.jpg,1,\n`,
    );
    assert.deepEqual([products.map(({ name }) => name), rejected], [['blue-mug', 'Red'], []]);
  });

  test('without any image is refused in words that fit', async () => {
    await assert.rejects(readText(`${SHOPIFY}\nmug,Mug,,,\n`), (error) => {
      assert.ok(error instanceof Problem);
      assert.deepEqual([error.code, error.detail], ['no_rows', 'No row of the file has an image link.']);
      return true;
    });
  });

  test('of WooCommerce without its IDs is one, and its rows are numbered', async () => {
    const { layout, products, rejected, warnings } = await readText(
      'ID,Type,SKU,Name,Images\n,variable,m,Mug,https://a/1.jpg\n,variation,m-l,,\n,simple,c,Cup,https://a/2.jpg\n',
    );
    assert.deepEqual([layout.shop, rejected, warnings], ['woocommerce', [], ['missing_serial']]);
    assert.deepEqual(
      products.map(({ serial, name, urls }) => [serial, name, urls.length]),
      [
        ['1', 'Mug', 1],
        ['2', '2', 0],
        ['3', 'Cup', 1],
      ],
    );
  });

  test('is told by its columns: rows of any other table without an image are bad', async () => {
    const { layout, rejected, warnings } = await readText('Handle,Title,Image\nmug,Mug,https://a/1.jpg\ncup,Cup,\n');
    assert.deepEqual([layout.shop, rejected, warnings], [undefined, ['missing_images'], ['rows_are_numbered']]);
  });
});

test('a feed without its additional column is read, too', async () => {
  const open = async function* () {
    yield Buffer.from('id\ttitle\timage_link\t\nm\tMug\thttps://shop.example/a.jpg\t\n');
  };
  const { layout } = await readProducts(open, { limits: LIMITS });
  assert.deepEqual(layout.imageColumns, [2]);
});
