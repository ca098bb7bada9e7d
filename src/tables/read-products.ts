import { setImmediate } from 'node:timers/promises';
import type { CsvIssue } from '../domain/csv-issue.ts';
import { DEFAULT_LIMITS, type Limits } from '../domain/limits.ts';
import { fileProblem } from '../domain/problem.ts';
import type { Product, RejectedRow } from '../domain/product.ts';
import type { TableOptions } from '../domain/table-options.ts';
import { Assumptions } from './assumptions.ts';
import { CellNotes } from './cell-notes.ts';
import { rowShape } from './fit-row.ts';
import { readRow } from './read-row.ts';
import { BatchSize, type Records } from './records.ts';
import { openSheet } from './sheet-records.ts';
import { openText } from './text-table.ts';
import type { UnpackedFile } from './unpack.ts';

export interface ReadSettings {
  /** What the bytes are; a CSV where left out. */
  format?: UnpackedFile['format'];
  /** What the client says of the table; the rest is found out. */
  table?: TableOptions;
  limits: Pick<Limits, 'columns' | 'imagesPerRequest' | 'urlsPerProduct' | 'urlLength'> &
    Partial<Pick<Limits, 'imageBytes'>>;
}

export interface CsvBatch {
  products: Product[];
  rejected: RejectedRow[];
  warnings: CsvIssue[];
  /** On the last batch: what is to be said once of the table as a whole, and was known only after its last row. */
  notices?: CsvIssue[];
}

/** A table whose header has been read. */
export interface ReadTable extends Pick<Records, 'layout' | 'found' | 'encodingSure' | 'sheets'> {
  batches: AsyncIterable<CsvBatch>;
  /** Links by column; complete once all batches were read. */
  links: readonly number[];
}

/**
 * Reads a table of products: its header at once, its rows batch by batch; memory does not grow with the file.
 * @param open opens the bytes from the start; it may be called more than once
 * @throws Problem for what is wrong with the file as a whole, also while the batches are read; what is wrong with a
 *   single row comes in its batch
 */
export async function readProducts(
  open: () => AsyncIterable<Uint8Array>,
  { format = 'csv', table = {}, limits }: ReadSettings,
): Promise<ReadTable> {
  const records = format === 'csv' ? await openText(open, table) : await openSheet(open, table);
  const { layout, found, encodingSure, sheets } = records;
  const columns = layout.header.length;
  if (columns > limits.columns) {
    const values = { columns, limit: limits.columns, members: false };
    throw fileProblem('too_many_columns', { line: layout.headerLine ?? 1 }, values);
  }
  const notes = new CellNotes(layout);
  const batches = readBatches(records, notes, { imageBytes: DEFAULT_LIMITS.imageBytes, ...limits });
  return { layout, found, encodingSure, ...(sheets && { sheets }), batches, links: notes.links };
}

async function* readBatches(
  { layout, found, warnings, batches, lateWarnings = [] }: Records,
  notes: CellNotes,
  limits: Omit<ReadSettings['limits'], 'imageBytes'> & Pick<Limits, 'imageBytes'>,
): AsyncGenerator<CsvBatch, void, undefined> {
  const assume = new Assumptions(layout);
  const shape = rowShape(layout, found.profiles);
  let batch: CsvBatch = { products: [], rejected: [], warnings: [...warnings, ...assume.ofColumns()] };
  const size = new BatchSize();
  let above: Product | undefined;
  let rows = 0;
  let images = 0;
  let rejected = 0;
  for await (const records of batches) {
    for (const { line, cells } of records) {
      notes.row(cells, line);
      const number = rows + rejected + 1;
      const read = readRow(cells, { line, number, above, assume, notes, shape }, layout, limits);
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
      }
      if (!size.add(cells, 'code' in read ? 0 : read.urls.length)) continue;
      batch.warnings.push(...notes.take());
      yield batch;
      batch = { products: [], rejected: [], warnings: [] };
      // What is read without waiting for the disk would leave nobody else a turn.
      await setImmediate();
    }
  }
  if (images + rejected === 0) throw fileProblem('no_rows', {}, { rows });
  batch.warnings.push(...notes.take());
  yield { ...batch, notices: [...notes.ofColumns(), ...lateWarnings, ...assume.ofCells()] };
}
