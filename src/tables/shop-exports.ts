import type { Shop } from '../domain/product.ts';

/** How a shop's product export is told: in it rows without an image are no fault. */
export interface ShopExport {
  shop: Shop;
  /** One name of each of these tells that it is one. */
  marks: string[][];
  /** What a product is called; the general names where left out. */
  name?: string[];
  /** Rows with the same cell here are one product; only the first of them carries its name. */
  group?: string;
}

/** WooCommerce translates its columns: the words of its exporter in the languages that it is used in most. */
const WOO_TYPE = ['type', 'typ', 'tipo', 'тип', 'rodzaj', 'tur', '类型', '類型', 'タイプ', '商品タイプ', '유형'];
const WOO_SKU = [
  'sku',
  'artikelnummer',
  'ugs',
  'cod',
  'ref',
  'codsku',
  'артикул',
  'stokkodu',
  '货号',
  '貨號',
  '商品コード',
  'artikelnummersku',
];
const WOO_NAME = [
  'name',
  'nom',
  'nombre',
  'nome',
  'naam',
  'nazwa',
  'имя',
  'название',
  'isim',
  'ad',
  '名称',
  '名稱',
  '名前',
  '이름',
];
const WOO_IMAGES = [
  ...['images', 'bilder', 'imagenes', 'immagini', 'imagens', 'afbeeldingen', 'obrazki', 'изображения', 'gorseller'],
  ...['图片', '圖片', '画像', '이미지'],
];

const EXPORTS: ShopExport[] = [
  {
    shop: 'shopify',
    marks: [['handle'], ['title', 'bodyhtml', 'vendor', 'option1name', 'variantsku'], ['imagesrc', 'variantimage']],
    name: ['title'],
    group: 'handle',
  },
  {
    // The names that Shopify's own sample has had since 2025.
    shop: 'shopify',
    marks: [['urlhandle'], ['title', 'vendor', 'description'], ['productimageurl', 'variantimageurl']],
    name: ['title'],
    group: 'urlhandle',
  },
  {
    shop: 'wix',
    marks: [['handleid', 'handle'], ['fieldtype'], ['productimageurl', 'media', 'mainimage']],
    name: ['name'],
  },
  { shop: 'woocommerce', marks: [WOO_TYPE, WOO_SKU, WOO_NAME, WOO_IMAGES], name: WOO_NAME },
  { shop: 'google-merchant', marks: [['id'], ['title'], ['link'], ['imagelink']], name: ['title'] },
  { shop: 'magento', marks: [['sku'], ['baseimage', 'additionalimages']], name: ['name'] },
  {
    shop: 'magento',
    marks: [['sku'], ['attributeset', 'attributesetcode', 'store', 'type'], ['mediaimage', 'mediagallery', 'image']],
    name: ['name'],
    group: 'sku',
  },
  { shop: 'squarespace', marks: [['hostedimageurls'], ['title']], name: ['title'] },
  {
    shop: 'bigcommerce',
    marks: [
      ['itemtype', 'item'],
      ['productname', 'name'],
      ['productimageurl1', 'imageurlimport', 'internalimageurlexport', 'productimagefile1'],
    ],
  },
  { shop: 'prestashop', marks: [['imageurlsxyz']], name: ['name'] },
  {
    shop: 'amazon',
    marks: [['itemsku', 'sellersku'], ['itemname', 'productname', 'title'], ['mainimageurl']],
    name: ['itemname', 'productname', 'title'],
  },
];

/** The first column of an eBay file names the site that it is for, such as `*Action(SiteID=US|Country=US|…)`. */
const EBAY = /^\*?\s*action\s*\(/i;

/**
 * @param names of the columns, normalised
 * @param header as written
 */
export function recogniseExport(names: Pick<ReadonlySet<string>, 'has'>, header: string[]): ShopExport | undefined {
  if (EBAY.test(header[0] ?? '')) return { shop: 'ebay', marks: [], name: ['title'] };
  return EXPORTS.find(({ marks }) => marks.every((mark) => mark.some((name) => names.has(name))));
}
