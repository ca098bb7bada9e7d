import type { Shop } from '../domain/product.ts';

/** The columns of a shop's product export, by their normalised names. */
export interface ShopExport {
  shop: Shop;
  /** All of these tell that it is one. */
  marks: string[];
  name: string;
  /** Those that are there are read. */
  images: string[];
  /** Rows with the same cell here are one product; only the first of them carries its name. */
  group?: string;
}

const EXPORTS: ShopExport[] = [
  {
    shop: 'shopify',
    marks: ['handle', 'title', 'imagesrc'],
    name: 'title',
    images: ['imagesrc', 'variantimage'],
    group: 'handle',
  },
  {
    // The names that Shopify's own sample has had since 2025.
    shop: 'shopify',
    marks: ['urlhandle', 'title', 'productimageurl'],
    name: 'title',
    images: ['productimageurl', 'variantimageurl'],
    group: 'urlhandle',
  },
  { shop: 'woocommerce', marks: ['id', 'type', 'sku', 'name', 'images'], name: 'name', images: ['images'] },
  {
    shop: 'google-merchant',
    marks: ['id', 'title', 'link', 'imagelink'],
    name: 'title',
    images: ['imagelink', 'additionalimagelink'],
  },
];

/** @param names of the columns, normalised */
export function recogniseExport(names: Pick<ReadonlySet<string>, 'has'>): ShopExport | undefined {
  return EXPORTS.find(({ marks }) => marks.every((mark) => names.has(mark)));
}
