import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importOf, readTable, resultOf } from '../support/read-table.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/tables');

interface Expected {
  /** Image columns by their places from 1, in the order in which they are read. */
  images: number[];
  /** Links of each product. */
  links: number[];
  /** Of the first product. */
  first: [serial: string, name: string];
  headerRow?: number | null;
  encoding?: string;
  shop?: string;
}

/** Drawn up in the form of each export; the products are made up. */
const EXPORTS: Record<string, Expected> = {
  'airtable.csv': { images: [3], links: [1, 2], first: ['1', 'Mug'] },
  'amazon-flat-file.txt': {
    images: [5, 6, 7],
    links: [3, 1],
    first: ['M-1', 'Mug 12" tall'],
    headerRow: 3,
    shop: 'amazon',
  },
  'amazon-scraped.csv': { images: [6], links: [3], first: ['4c69', 'Mug, blue'] },
  'bigcommerce.csv': { images: [9, 15], links: [2, 0], first: ['77', 'Mug'], shop: 'bigcommerce' },
  'bigcommerce-v3.csv': { images: [7, 8], links: [0, 1, 1], first: ['77', 'Mug'], shop: 'bigcommerce' },
  'depop.csv': { images: [6, 7, 8], links: [2], first: ['1', 'h'], headerRow: 2 },
  'ebay-draft.csv': { images: [8], links: [2, 0], first: ['MUG-1', 'Mug'], headerRow: 4, shop: 'ebay' },
  'etsy-de.csv': { images: [8, 9, 10], links: [2], first: ['1', 'Tasse, blau'] },
  'excel-chinese.csv': { images: [3, 4], links: [2, 1], first: ['1', '蓝色马克杯'], encoding: 'gbk' },
  'excel-german.csv': { images: [4, 5], links: [2, 1], first: ['4711', 'Tasse „Größe M“'], encoding: 'windows-1252' },
  'excel-greek.csv': { images: [3], links: [1, 1], first: ['1', 'Μπλε κούπα'], encoding: 'windows-1253' },
  'excel-japanese.csv': { images: [3], links: [1, 1], first: ['1', '青いマグカップ'], encoding: 'shift_jis' },
  'excel-korean.csv': { images: [3], links: [1, 1], first: ['1', '파란 머그컵'], encoding: 'euc-kr' },
  'excel-polish.csv': { images: [3, 4], links: [3, 1], first: ['1', 'Żółty kubek'], encoding: 'windows-1250' },
  'excel-russian.csv': { images: [3], links: [1, 1], first: ['K-1', 'Синяя кружка'], encoding: 'windows-1251' },
  'excel-taiwan.csv': { images: [3], links: [1, 1], first: ['1', '藍色馬克杯'], encoding: 'big5' },
  'excel-turkish.csv': { images: [3], links: [1, 1], first: ['1', 'Kırmızı çay bardağı'], encoding: 'windows-1254' },
  'flipkart.csv': { images: [7], links: [2], first: ['c2d7', 'Blue Mug'] },
  'google.tsv': { images: [5, 6], links: [3, 1], first: ['m-1', 'Mug 12"'], shop: 'google-merchant' },
  'links-only.txt': { images: [1], links: [1, 2, 2], first: ['1', '1'], headerRow: null },
  'magento1.csv': { images: [7, 10, 8, 9], links: [4, 1], first: ['1', 'Mug'], shop: 'magento' },
  'magento2.csv': { images: [8, 12, 10, 11], links: [5, 0], first: ['1', 'Mug'], shop: 'magento' },
  'meta.csv': { images: [5], links: [1], first: ['FB_1', 'Mug, blue'], headerRow: 2, shop: 'google-merchant' },
  'odoo.csv': { images: [4, 5], links: [2, 1], first: ['__export__.product_1', 'Mug'] },
  'opencart.csv': { images: [4, 5], links: [2], first: ['1', '1'] },
  'prestashop-import.csv': { images: [7], links: [2, 0], first: ['1', 'Mug'], shop: 'prestashop' },
  'report-with-title.csv': { images: [3], links: [1, 1], first: ['1', 'Mug'], headerRow: 4 },
  'shopify-variant-image-only.csv': { images: [7], links: [1, 1, 0], first: ['1', 'Kettle'], shop: 'shopify' },
  'shopify-with-serial.csv': { images: [5, 8], links: [1, 2, 0], first: ['1', 'Mug'], shop: 'shopify' },
  'squarespace.csv': { images: [10], links: [2, 0], first: ['1', 'Mug'], shop: 'squarespace' },
  'supabase.csv': { images: [3], links: [2, 1], first: ['1', 'Mug'] },
  'unknown-names.csv': { images: [3, 4], links: [2, 1], first: ['1', '1'] },
  'utf16.txt': { images: [3], links: [1], first: ['1', 'Tasse für Öl'], encoding: 'utf-16le' },
  'without-header.csv': { images: [3], links: [1, 1], first: ['1', '1'], headerRow: null },
  'wix.csv': { images: [5], links: [2, 0], first: ['Product_1', 'Mug'], shop: 'wix' },
  'woocommerce-de.csv': { images: [8], links: [2, 0], first: ['11', 'Blaue Tasse'], shop: 'woocommerce' },
  'woocommerce-fr-without-ids.csv': { images: [6], links: [1, 0], first: ['1', 'Tasse bleue'], shop: 'woocommerce' },
};

for (const [file, { images, links, first, headerRow = 1, encoding = 'utf-8', shop }] of Object.entries(EXPORTS)) {
  const bytes = readFileSync(join(FOLDER, file));

  test(`${file} is read as it is, with every link`, async () => {
    const { layout, products, rejected, warnings } = await readTable(bytes);
    assert.deepEqual(rejected, []);
    assert.deepEqual([layout.encoding, layout.headerLine, layout.shop], [encoding, headerRow, shop]);
    assert.deepEqual(
      layout.imageColumns.map((column) => column + 1),
      images,
    );
    assert.deepEqual(
      products.map(({ urls }) => urls.length),
      links,
    );
    assert.deepEqual([products[0]?.serial, products[0]?.name], first);
    for (const url of products.flatMap(({ urls }) => urls)) assert.match(url, /^https:\/\/[a-z0-9.]+\/[^\s"')\]}|;]+$/);
    assert.ok(!warnings.some(({ code }) => code === 'invalid_url' || code === 'columns_not_read'));
  });

  test(`${file} comes back byte for byte, with one column more`, async () => {
    const table = await readTable(bytes);
    const result = await resultOf(table, () => 'OUT');
    const { delimiter } = table.layout;
    const plain = new TextDecoder(encoding, { ignoreBOM: true }).decode(result);
    const uploaded = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
    const outputs = plain.replaceAll(/(?:"OUT(?:,OUT)+"|OUT|)(?=\r?\n|$)/g, '');
    const expected = headerRow === null ? withHeader(uploaded, table.layout.headerText ?? '') : uploaded;
    // Below the header each row has a further cell; the rows of a name are as long as the header.
    const trimmed = (text: string) => text.replaceAll(new RegExp(`\\${delimiter}+(?=\\r?\\n|$)`, 'g'), '');
    const header = table.layout.headerText ?? '';
    assert.equal(
      trimmed(outputs.replace(`${header}${delimiter}Output Image Urls`, header)),
      trimmed(file === 'links-only.txt' ? expected.replace(/^(h.*,.*)$/gm, '"$1"') : expected),
    );
  });

  test(`${file} comes back byte for byte for the import where no link is new`, async () => {
    const table = await readTable(bytes);
    const imported = await importOf(table, () => undefined);
    const text = (content: Uint8Array) => new TextDecoder(encoding, { ignoreBOM: true }).decode(content);
    if (headerRow === null) return assert.ok(text(imported).startsWith(table.layout.headerText ?? 'nothing'));
    const trimmed = (content: string) =>
      content.replaceAll(new RegExp(`\\${table.layout.delimiter}+(?=\\r?\\n|$)`, 'g'), '');
    assert.equal(trimmed(text(imported)), trimmed(text(bytes)));
  });
}

test('every fixture is expected to be read', () => {
  assert.deepEqual(Object.keys(EXPORTS).sort(), readdirSync(FOLDER).sort());
});

test('a column "S. No." makes no recognised export unrecognised', async () => {
  for (const [file, { shop, headerRow = 1 }] of Object.entries(EXPORTS)) {
    if (shop === undefined || shop === 'ebay' || headerRow !== 1) continue;
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const delimiter = (await readTable(text)).layout.delimiter;
    const [header = '', ...rows] = text.replace('\ufeff', '').split('\n');
    const numbered = [
      `S. No.${delimiter}${header}`,
      ...rows.map((row, index) => row && `${index + 1}${delimiter}${row}`),
    ];
    const { layout, products } = await readTable(numbered.join('\n'));
    assert.deepEqual([file, layout.shop, products[0]?.serial], [file, shop, '1']);
  }
});

function withHeader(text: string, header: string): string {
  return `${header}\n${text}`;
}
