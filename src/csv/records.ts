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

/** Rows that are read at once. */
export const BATCH_ROWS = 1_000;
