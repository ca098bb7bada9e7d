import type { CsvIssue } from '../../src/domain/csv-issue.ts';
import type { CsvLayout, Product, RejectedRow } from '../../src/domain/product.ts';
import type { TableOptions } from '../../src/domain/table-options.ts';
import { encoded } from '../../src/tables/encode-text.ts';
import { type ReadTable, readProducts } from '../../src/tables/read-products.ts';
import { importHeader, importRow, resultEncoding, resultHeader, resultRow } from '../../src/tables/write-results.ts';

export const TABLE_LIMITS = { columns: 1_000, imagesPerRequest: 100_000, urlsPerProduct: 50, urlLength: 2_048 };

export interface WholeTable extends ReadTable {
  products: Product[];
  rejected: RejectedRow[];
  warnings: CsvIssue[];
}

/** Reads a table from end to end. @param piece bytes that come at once */
export async function readTable(
  file: string | Uint8Array,
  table: TableOptions = {},
  piece = 65_536,
): Promise<WholeTable> {
  const bytes = Buffer.from(file as Uint8Array);
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const read = await readProducts(open, { table, limits: TABLE_LIMITS });
  const whole: WholeTable = { ...read, products: [], rejected: [], warnings: [] };
  for await (const { products, rejected, warnings, notices = [] } of read.batches) {
    whole.products.push(...products);
    whole.rejected.push(...rejected);
    whole.warnings.push(...warnings, ...notices);
  }
  return whole;
}

/** The bytes of the result, as a download has them. @param output what stands for a link */
export async function resultOf(
  { layout, products }: Pick<WholeTable, 'layout' | 'products'>,
  output: (link: string) => string,
): Promise<Buffer> {
  const rows = products.map((product) => resultRow(layout, product, product.urls.map(output)));
  return inEncoding(layout, [resultHeader(layout), ...rows]);
}

/** The bytes of the result for an import. */
export async function importOf(
  { layout, products }: Pick<WholeTable, 'layout' | 'products'>,
  output: (link: string) => string | undefined,
): Promise<Buffer> {
  const rows = products.map((product) => importRow(layout, product, product.urls.map(output)));
  return inEncoding(layout, [importHeader(layout), ...rows]);
}

async function inEncoding(layout: CsvLayout, texts: string[]): Promise<Buffer> {
  const all = (async function* () {
    yield* texts;
  })();
  const pieces: Buffer[] = [];
  for await (const piece of encoded(all, resultEncoding(layout))) pieces.push(Buffer.from(piece as Uint8Array));
  return Buffer.concat(pieces);
}
