import { writeFile } from 'node:fs/promises';
import type { CsvIssue } from '../domain/csv-issue.ts';

/** The first line of a file of rows: where they come from. */
export interface RowsHead {
  /** Null where the table is no workbook. */
  sheet: string | null;
  /** Names of all sheets. */
  sheets: string[];
  /** The first row surely names the columns. */
  headed: boolean;
  warnings: CsvIssue[];
}

/** A cell with the link behind its text. */
type LinkedCell = [text: string, link: string];
export type RowsCell = string | LinkedCell;

/** A line of the file after the first one: the number of the row, then its cells. */
export type RowsLine = [line: number, ...cells: RowsCell[]];

/** A row that is not empty, with the number that the program which made it shows beside it. */
export interface TableRow {
  line: number;
  cells: RowsCell[];
}

/** Writes the rows of a table into a new file, one a line in JSON. */
export async function writeRows(to: string, head: RowsHead, batches: AsyncIterable<TableRow[]>): Promise<void> {
  await writeFile(to, lines(head, batches), { flag: 'wx', mode: 0o600 });
}

async function* lines(head: RowsHead, batches: AsyncIterable<TableRow[]>): AsyncGenerator<string, void, undefined> {
  yield `${JSON.stringify(head)}\n`;
  for await (const rows of batches) {
    yield rows.map(({ line, cells }) => `${JSON.stringify([line, ...cells] satisfies RowsLine)}\n`).join('');
  }
}
