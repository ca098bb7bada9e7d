import type { Product } from '../../domain/product.ts';
import type { CsvBatch } from '../read-products.ts';

/** Texts that a row may take from the row above it; each may have hundreds of kilobytes. */
const TAKEN = ['serial', 'name', 'group'] as const;

type Taken = (typeof TAKEN)[number];

/** A batch on its way to another thread. A text that is that of the product before is left out. */
export interface PackedBatch extends Omit<CsvBatch, 'products'> {
  products: (Omit<Product, Taken> & Partial<Pick<Product, Taken>>)[];
  /** For each product: a bit for each of `TAKEN` that it shares with the product before. */
  same: number[];
}

/**
 * Within one thread the rows of a group share one title. A message copies every text: four thousand rows under a title of
 * 300 kB would be a gigabyte.
 */
export function packBatch({ products, ...batch }: CsvBatch): PackedBatch {
  let before: Product | undefined;
  const same: number[] = [];
  const packed = products.map((product) => {
    const rest: PackedBatch['products'][number] = { ...product };
    let bits = 0;
    for (const [bit, member] of TAKEN.entries()) {
      if (before === undefined || product[member] === undefined || product[member] !== before[member]) continue;
      delete rest[member];
      bits |= 1 << bit;
    }
    same.push(bits);
    before = product;
    return rest;
  });
  return { ...batch, products: packed, same };
}

/** The batch that was packed; the products share their texts again. */
export function unpackBatch({ same, products, ...batch }: PackedBatch): CsvBatch {
  let before: Product | undefined;
  const unpacked = products.map((packed, index) => {
    const product = packed as Product;
    for (const [bit, member] of TAKEN.entries()) {
      if (before && ((same[index] ?? 0) & (1 << bit)) !== 0) Object.assign(product, { [member]: before[member] });
    }
    before = product;
    return product;
  });
  return { ...batch, products: unpacked };
}
