import type { CsvError } from 'csv-parse';
import { csvIssue } from '../domain/csv-issue.ts';
import type { Problem } from '../domain/problem.ts';
import { fileProblem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { columnName } from './column-name.ts';
import { notCsv, surveyFile } from './detect.ts';
import { readHeader } from './header.ts';
import { parseCsv } from './parse-csv.ts';
import type { FileRecord, Records } from './records.ts';
import { rowTooLong } from './row-too-long.ts';

/**
 * Reads the header of a CSV; its rows when they are asked for.
 * @param open opens the bytes from the start; it is called twice, since the last byte may decide the encoding
 * @param delimiter that the client asked for
 * @throws Problem for what is wrong with the file as a whole, also while the rows are read
 */
export async function openCsv(
  open: () => AsyncIterable<Uint8Array>,
  delimiter: CsvLayout['delimiter'] | undefined,
): Promise<Records> {
  const layout = readHeader(await surveyFile(open()), delimiter);
  const warnings = layout.encoding === 'windows-1252' ? [csvIssue('not_utf8', {})] : [];
  return { layout, warnings, batches: readRows(open, layout) };
}

async function* readRows(
  open: () => AsyncIterable<Uint8Array>,
  layout: CsvLayout,
): AsyncGenerator<FileRecord[], void, undefined> {
  let headerSeen = false;
  let line = 1;
  try {
    for await (const records of parseCsv(utf8(open(), layout.encoding), layout)) {
      const rows: FileRecord[] = [];
      for (const cells of records) {
        const at = line;
        line += 1 + lineBreaksIn(cells);
        if (isBlank(cells)) continue;
        if (headerSeen) {
          refuseSwallowedRows(cells, at, layout);
          rows.push({ line: at, cells });
        }
        headerSeen = true;
      }
      yield rows;
    }
  } catch (error) {
    throw await asProblem(error, open, layout);
  }
}

async function* utf8(
  bytes: AsyncIterable<Uint8Array>,
  encoding: CsvLayout['encoding'],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (encoding === 'utf-8') return yield* bytes;
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text.includes('\0')) throw notCsv(1, 'It holds NUL characters.');
    yield Buffer.from(text);
  }
  yield Buffer.from(decoder.decode());
}

function isBlank(cells: string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** Counted without making a list of them: a cell may hold half a million. */
function lineBreaksIn(cells: string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) breaks++;
    for (let at = cell.indexOf('\r'); at !== -1; at = cell.indexOf('\r', at + 1)) if (cell[at + 1] !== '\n') breaks++;
  }
  return breaks;
}

/**
 * A quote that opens a cell and is never closed swallows the following rows up to the next quote in the file, and the
 * parser, which forgives stray quotes, lets that pass as text. Such a cell begins with the quote and holds whole rows.
 */
function refuseSwallowedRows(cells: string[], line: number, { header, delimiter }: CsvLayout): void {
  for (const [column, cell] of cells.entries()) {
    if (cell.charCodeAt(0) !== 0x22 || !/[\r\n]/.test(cell)) continue;
    if (cell.split(delimiter).length >= header.length) throw unclosedQuote(line, columnName(header, column));
  }
}

/** Errors of the parser, with the line on which the broken row begins. */
async function asProblem(error: unknown, open: () => AsyncIterable<Uint8Array>, layout: CsvLayout): Promise<unknown> {
  const { code, records, lines, column } = error as CsvError & { records: number; lines: number; column: number };
  if (code !== 'CSV_QUOTE_NOT_CLOSED' && code !== 'CSV_MAX_RECORD_SIZE') return error;
  // Rows that were parsed but not read yet went with the parser, so their lines are counted again.
  let line = 1;
  // The parser takes no 0 for "none".
  for await (const before of records === 0 ? [] : parseCsv(utf8(open(), layout.encoding), layout, records)) {
    line += before.reduce((sum, cells) => sum + 1 + lineBreaksIn(cells), 0);
  }
  // A row over the limit that goes on for lines is a quote that was not closed.
  if (code === 'CSV_QUOTE_NOT_CLOSED' || lines > line)
    return unclosedQuote(line, columnName(layout.header, column), error);
  return rowTooLong(line, error);
}

function unclosedQuote(line: number, column: string | null, cause?: unknown): Problem {
  return fileProblem('unclosed_quote', { line, column, cause }, { line });
}
