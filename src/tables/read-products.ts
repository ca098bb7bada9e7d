import { setImmediate } from 'node:timers/promises';
import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import { imageUrl } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { fileProblem } from '../domain/problem.ts';
import type { CsvLayout, Product, RejectedRow } from '../domain/product.ts';
import { Assumptions } from './assumptions.ts';
import { columnName } from './column-name.ts';
import { openCsv } from './csv-records.ts';
import { readRow } from './read-row.ts';
import { BatchSize, type Records } from './records.ts';
import { openSheet } from './sheet-records.ts';
import type { UnpackedFile } from './unpack.ts';

export interface ReadSettings {
  /** What the bytes are; a CSV where left out. */
  format?: UnpackedFile['format'];
  /** Of a CSV. Undefined: found out from the header. */
  delimiter?: CsvLayout['delimiter'] | undefined;
  limits: Pick<Limits, 'columns' | 'imagesPerRequest' | 'urlsPerProduct' | 'urlLength'>;
}

export interface CsvBatch {
  products: Product[];
  rejected: RejectedRow[];
  warnings: CsvIssue[];
  /** On the last batch: what is to be said once of the table as a whole, and was known only after its last row. */
  notices?: CsvIssue[];
}

/**
 * Reads a table of products: its header at once, its rows batch by batch; memory does not grow with the file.
 * @param open opens the bytes from the start; it may be called more than once
 * @throws Problem for what is wrong with the file as a whole, also while the batches are read; what is wrong with a
 *   single row comes in its batch
 */
export async function readProducts(
  open: () => AsyncIterable<Uint8Array>,
  { format = 'csv', delimiter, limits }: ReadSettings,
): Promise<{ layout: CsvLayout; batches: AsyncIterable<CsvBatch> }> {
  const records = format === 'csv' ? await openCsv(open, delimiter) : await openSheet(open);
  const { header } = records.layout;
  if (header.length > limits.columns) {
    throw fileProblem('too_many_columns', {}, { columns: header.length, limit: limits.columns });
  }
  return { layout: records.layout, batches: readBatches(records, limits) };
}

async function* readBatches(
  { layout, warnings, batches }: Records,
  limits: ReadSettings['limits'],
): AsyncGenerator<CsvBatch, void, undefined> {
  const assume = new Assumptions(layout);
  let batch: CsvBatch = { products: [], rejected: [], warnings: [...warnings, ...assume.ofColumns()] };
  const size = new BatchSize();
  let above: Product | undefined;
  let rows = 0;
  let images = 0;
  let rejected = 0;
  for await (const records of batches) {
    for (const { line, cells } of records) {
      const read = readRow(cells, { line, number: rows + rejected + 1, above, assume }, layout, limits);
      if ('code' in read) {
        rejected++;
        batch.rejected.push({ line, cells, issue: read });
      } else {
        above = { row: rows++, ...read };
        images += read.urls.length;
        if (images > limits.imagesPerRequest) {
          throw fileProblem('too_many_images', { line }, { limit: limits.imagesPerRequest });
        }
        batch.products.push(above);
        warnOfUnusableUrls(batch.warnings, read, layout);
      }
      if (!size.add(cells, 'code' in read ? 0 : read.urls.length)) continue;
      yield batch;
      batch = { products: [], rejected: [], warnings: [] };
      // What is read without waiting for the disk would leave nobody else a turn.
      await setImmediate();
    }
  }
  if (images + rejected === 0) throw fileProblem('no_rows', {}, { rows });
  yield { ...batch, notices: assume.ofCells() };
}

function warnOfUnusableUrls(warnings: CsvIssue[], { urls, line }: Omit<Product, 'row'>, layout: CsvLayout): void {
  const column = columnName(layout.header, layout.imageColumns[0] ?? 0);
  for (const url of urls) {
    if (imageUrl(url)) continue;
    warnings.push(csvIssue('invalid_url', { line, column }, { link: url.slice(0, 100) }));
  }
}
