import { createReadStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { fileProblem } from '../domain/problem.ts';
import type { Allowance } from './inflate.ts';
import { emptyFile } from './other-files.ts';
import { RECORD_BYTES, rowTooLong } from './row-too-long.ts';
import type { RowsHead, RowsLine } from './rows-file.ts';

/** A product as a document without columns holds it. */
export interface TableRecord {
  /** Its line in the file, or its number, from 1. */
  line: number;
  /** Names and texts, in their order. */
  members: [name: string, text: string][];
}

/** What a sheet of Excel can have; what a table may have is a limit of its own. */
const MOST_COLUMNS = 16_384;
/** About what an empty cell costs. */
const EMPTY_BYTES = 4;

const HEAD: RowsHead = { sheet: null, sheets: [], headed: true, warnings: [] };

/**
 * Writes records as rows into a new file, under a header of all names in the order in which they first come. Since the
 * last record may bring a name, the rows lie in a file of their own until the header is known.
 * @param nameOf the name of a column, once all are known
 * @throws Problem `empty_file`, `too_many_columns`, `row_too_long`, `csv_too_large`
 */
export async function writeRecords(
  to: string,
  batches: AsyncIterable<TableRecord[]>,
  allowance: Allowance,
  nameOf: (name: string, all: ReadonlyMap<string, number>) => string = (name) => name,
): Promise<void> {
  const body = bodyOf(to);
  const columns = new Map<string, number>();
  try {
    await writeFile(body, rows(batches, columns, allowance), { flag: 'wx', mode: 0o600 });
    if (columns.size === 0) throw emptyFile();
    const header: RowsLine = [0, ...Array.from(columns.keys(), (name) => nameOf(name, columns))];
    await writeFile(to, whole(header, body), { flag: 'wx', mode: 0o600 });
  } finally {
    await rm(body, { force: true });
  }
}

/** Where the rows lie until the header is known. */
export function bodyOf(to: string): string {
  return `${to}.rows`;
}

async function* whole(header: RowsLine, body: string): AsyncGenerator<string | Buffer, void, undefined> {
  yield `${JSON.stringify(HEAD)}\n${JSON.stringify(header)}\n`;
  yield* createReadStream(body) as AsyncIterable<Buffer>;
}

async function* rows(
  batches: AsyncIterable<TableRecord[]>,
  columns: Map<string, number>,
  allowance: Allowance,
): AsyncGenerator<string, void, undefined> {
  for await (const records of batches) {
    yield records.map((record) => `${JSON.stringify(rowOf(record, columns, allowance))}\n`).join('');
  }
}

function rowOf({ line, members }: TableRecord, columns: Map<string, number>, allowance: Allowance): RowsLine {
  const row: RowsLine = [line];
  let bytes = 0;
  for (const [name, text] of members) {
    const column = columns.get(name) ?? addColumn(columns, name);
    bytes += text.length + EMPTY_BYTES * Math.max(1, column + 2 - row.length);
    if (bytes > RECORD_BYTES) throw rowTooLong(line);
    while (row.length <= column) row.push('');
    row[column + 1] = text;
  }
  allowance.spend(bytes);
  return row;
}

function addColumn(columns: Map<string, number>, name: string): number {
  if (columns.size === MOST_COLUMNS) {
    throw fileProblem('too_many_columns', {}, { columns: columns.size + 1, limit: MOST_COLUMNS, members: true });
  }
  columns.set(name, columns.size);
  return columns.size - 1;
}
