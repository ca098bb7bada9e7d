import type { CsvIssue } from '../domain/csv-issue.ts';
import type { CsvLayout } from '../domain/product.ts';
import type { FoundColumns } from './columns.ts';

/** A row as it stands in the file; it may have fewer or more cells than the header. */
export interface FileRecord {
  /** On which it begins, from 1; in a workbook the number of its row. */
  line: number;
  cells: string[];
}

/** A table whose header has been read. */
export interface Records {
  layout: CsvLayout;
  found: FoundColumns;
  /** False where the encoding is a guess. */
  encodingSure: boolean;
  /** Of a workbook: the names of its sheets. */
  sheets?: string[];
  /** Of the file as a whole. */
  warnings: CsvIssue[];
  /** Of the file as a whole, complete once its rows were read. */
  lateWarnings?: CsvIssue[];
  /** The rows below the header that are not blank, many at a time, but no more than some megabytes. */
  batches: AsyncIterable<FileRecord[]>;
}

/** Rows that are read at once where they are of the usual length. */
const BATCH_ROWS = 1_000;
/** What they weigh together at most: long rows would fill the memory, and leave nobody else a turn. */
const BATCH_WEIGHT = 500_000;
/** What a cell takes in memory beside its characters. */
const CELL_WEIGHT = 16;
/** An image takes about the time of as many characters, however short its link is. */
const IMAGE_WEIGHT = 100;

/** Says when the rows that were gathered are enough for a batch. */
export class BatchSize {
  #rows = 0;
  #weight = 0;

  /** @returns whether the batch is full with this row; the next one begins a new batch */
  add(cells: string[], images = 0): boolean {
    this.#rows++;
    this.#weight += images * IMAGE_WEIGHT;
    for (const cell of cells) this.#weight += cell.length + CELL_WEIGHT;
    if (this.#rows < BATCH_ROWS && this.#weight < BATCH_WEIGHT) return false;
    this.#rows = 0;
    this.#weight = 0;
    return true;
  }
}
