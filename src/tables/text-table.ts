import { setImmediate } from 'node:timers/promises';
import type { CsvIssue } from '../domain/csv-issue.ts';
import { Problem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { encodingLabel, type TableOptions } from '../domain/table-options.ts';
import { linkKind } from './column-profile.ts';
import { surveyFile } from './detect.ts';
import { notCsv } from './other-files.ts';
import { isBlank, readLayout, recordProblem, type TextLayout } from './read-layout.ts';
import { RecordError, RecordReader, type TextRecord } from './record-reader.ts';
import type { FileRecord, Records } from './records.ts';
import { refuseSwallowedRows } from './swallowed-rows.ts';
import { encodingWarnings, strayQuotesWarning } from './text-warnings.ts';
import { cellValue } from './written-cell.ts';

/** Characters that are read before others get their turn: each may be a row. */
const PIECE = 16_384;
/** Rows with links by which the columns are found where the beginning of a table holds none. */
const LATER_ROWS = 150;

type Open = () => AsyncIterable<Uint8Array>;

/**
 * Reads how a CSV, TSV or the like is made; its rows when they are asked for.
 * @param open opens the bytes from the start; it is called more than once, since the last byte may decide the encoding
 * @throws Problem for what is wrong with the file as a whole, also while the rows are read
 */
export async function openText(open: Open, options: TableOptions): Promise<Records> {
  const survey = await surveyFile(open, options.encoding === undefined ? undefined : encodingLabel(options.encoding));
  let read = readLayout(survey, options);
  if ('problem' in read) {
    const { problem, delimiter } = read;
    const rows = await laterRows(open, survey.encoding, delimiter);
    if (rows.length === 0) throw problem;
    read = readLayout(survey, options, { delimiter, rows });
    if ('problem' in read) throw read.problem;
  }
  const { layout, found, notices } = read;
  const stray: CsvIssue[] = [];
  return {
    layout,
    found,
    encodingSure: survey.guess === undefined,
    warnings: [...encodingWarnings(survey), ...notices],
    batches: readRows(open, read, stray),
    lateWarnings: stray,
  };
}

/** @param stray gets what is to be said of quotes once all rows were read */
async function* readRows(
  open: Open,
  { layout, rows }: TextLayout,
  stray: CsvIssue[],
): AsyncGenerator<FileRecord[], void, undefined> {
  const reader = new RecordReader(layout.delimiter, rows);
  try {
    for await (const records of recordsOf(open, layout.encoding, reader, rows.offset)) {
      const batch: FileRecord[] = [];
      for (const { line, cells } of records) {
        if (isBlank(cells)) continue;
        refuseSwallowedRows(cells, line, layout);
        batch.push({ line, cells });
      }
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    throw error instanceof RecordError ? recordProblem(error, layout.header, error) : error;
  }
  stray.push(...strayQuotesWarning(reader));
}

/** The rows of a text, as many at a time as a piece of it holds. */
async function* recordsOf(
  open: Open,
  encoding: CsvLayout['encoding'],
  reader: RecordReader,
  offset: number,
): AsyncGenerator<TextRecord[], void, undefined> {
  let left = offset;
  for await (const text of textOf(open(), encoding)) {
    const from = Math.min(left, text.length);
    left -= from;
    for (let at = from; at < text.length; at += PIECE) {
      yield reader.read(text.slice(at, at + PIECE), false);
      // What is read without waiting for the disk would leave nobody else a turn.
      await setImmediate();
    }
  }
  yield reader.read('', true);
}

async function* textOf(
  bytes: AsyncIterable<Uint8Array>,
  encoding: CsvLayout['encoding'],
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding);
  const wide = encoding.startsWith('utf-16');
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    // In other encodings they were found when the file was surveyed.
    if (wide && text.includes('\0')) throw notCsv(1, 'It holds NUL characters.');
    yield text;
  }
  yield decoder.decode();
}

/** Values of the first rows with links, wherever they stand. */
async function laterRows(open: Open, encoding: string, delimiter: string): Promise<string[][]> {
  const found: string[][] = [];
  try {
    for await (const records of recordsOf(open, encoding, new RecordReader(delimiter), 0)) {
      for (const { cells } of records) {
        const values = cells.map(cellValue);
        if (values.some((value) => linkKind(value) !== 'text')) found.push(values);
        if (found.length === LATER_ROWS) return found;
      }
    }
  } catch (error) {
    // A row that cannot be cut says less than the refusal that the table has no column for images.
    if (!(error instanceof RecordError || error instanceof Problem)) throw error;
  }
  return found;
}
