import type { CsvIssue } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';

/** A row as it stands in the file; it may have fewer or more cells than the header. */
export interface FileRecord {
  /** On which it begins, from 1; in a workbook the number of its row. */
  line: number;
  cells: string[];
}

/** A table whose header has been read. */
export interface Records {
  layout: CsvLayout;
  /** Of the file as a whole. */
  warnings: CsvIssue[];
  /** The rows below the header that are not blank, many at a time. */
  batches: AsyncIterable<FileRecord[]>;
}

/** Rows that are read at once, and about their size in characters: long ones are to leave others a turn, too. */
export const BATCH_ROWS = 1_000;
export const BATCH_SIZE = 500_000;

/** What a row adds to a batch; an empty cell takes time, too. */
export function sizeOf(cells: string[]): number {
  let size = cells.length;
  for (const cell of cells) size += cell.length;
  return size;
}
