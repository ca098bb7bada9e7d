import { pipeline } from 'node:stream';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { imageUrl } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { type CsvIssue, Problem } from '../domain/problem.ts';
import type { CsvLayout, Product, RejectedRow } from '../domain/product.ts';
import { readHeader } from './header.ts';
import { readRow } from './read-row.ts';
import { notCsv, surveyFile } from './survey.ts';

export interface ReadSettings {
  /** Undefined: found out from the header. */
  delimiter?: CsvLayout['delimiter'] | undefined;
  limits: Pick<Limits, 'imagesPerRequest' | 'urlsPerProduct' | 'urlLength'>;
}

export interface CsvBatch {
  products: Product[];
  rejected: RejectedRow[];
  warnings: CsvIssue[];
}

/** Bytes of one row, so that a file without line ends cannot fill the memory. */
const RECORD_BYTES = 1_000_000;
const BATCH_ROWS = 1_000;

/**
 * Reads a CSV: its header at once, its rows batch by batch; memory does not grow with the file.
 * @param open opens the bytes from the start; it is called twice, since the last byte may decide the encoding
 * @throws Problem for what is wrong with the file as a whole, also while the batches are read; what is wrong with a
 *   single row comes in its batch
 */
export async function readProducts(
  open: () => AsyncIterable<Uint8Array>,
  { delimiter, limits }: ReadSettings,
): Promise<{ layout: CsvLayout; batches: AsyncIterable<CsvBatch> }> {
  const survey = await surveyFile(open());
  const layout = readHeader(survey, delimiter);
  return { layout, batches: readBatches(open, layout, limits) };
}

async function* readBatches(
  open: () => AsyncIterable<Uint8Array>,
  layout: CsvLayout,
  limits: ReadSettings['limits'],
): AsyncGenerator<CsvBatch, void, undefined> {
  let batch: CsvBatch = { products: [], rejected: [], warnings: [] };
  if (layout.encoding === 'windows-1252') batch.warnings.push(notUtf8());
  let headerSeen = false;
  let line = 1;
  let rows = 0;
  let images = 0;
  let rejected = 0;
  try {
    for await (const records of recordBatches(open(), layout)) {
      for (const cells of records) {
        const at = line;
        line += 1 + lineBreaksIn(cells);
        if (isBlank(cells)) continue;
        if (!headerSeen) {
          headerSeen = true;
          continue;
        }
        const row = readRow(cells, at, layout, limits);
        if ('code' in row) {
          rejected++;
          batch.rejected.push({ line: at, cells, issue: row });
          continue;
        }
        refuseSwallowedRows(row, layout);
        images += row.urls.length;
        if (images > limits.imagesPerRequest) throw tooManyImages(at, limits.imagesPerRequest);
        batch.products.push({ row: rows++, ...row });
        warnOfUnusableUrls(batch.warnings, row, layout);
      }
      if (batch.products.length + batch.rejected.length >= BATCH_ROWS) {
        yield batch;
        batch = { products: [], rejected: [], warnings: [] };
      }
    }
  } catch (error) {
    throw await asProblem(error, open, layout);
  }
  if (rows + rejected === 0) throw noRows();
  yield batch;
}

/** The records of a file as the parser finds them, blank lines included, many at a time. */
async function* recordBatches(
  bytes: AsyncIterable<Uint8Array>,
  layout: CsvLayout,
  most = -1,
): AsyncGenerator<string[][], void, undefined> {
  // The parser is a stream, and takes the options of one, which its types leave out.
  const buffered: object = { readableHighWaterMark: BATCH_ROWS };
  const parser: Parser = parse({
    ...buffered,
    bom: true,
    delimiter: layout.delimiter,
    record_delimiter: layout.newline === '\r' ? ['\r\n', '\r', '\n'] : ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: RECORD_BYTES,
    to: most,
  });
  // The error reaches us through the iteration below.
  pipeline(utf8(bytes, layout.encoding), parser, () => undefined);
  let records: string[][] = [];
  for await (const record of parser) {
    records.push(record);
    if (records.length === BATCH_ROWS) {
      yield records;
      records = [];
    }
  }
  yield records;
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

function lineBreaksIn(cells: string[]): number {
  let breaks = 0;
  for (const cell of cells) {
    if (cell.includes('\n') || cell.includes('\r')) breaks += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
  return breaks;
}

/**
 * A quote that opens a cell and is never closed swallows the following rows up to the next quote in the file, and the
 * parser, which forgives stray quotes, lets that pass as text. Such a cell begins with the quote and holds whole rows.
 */
function refuseSwallowedRows({ cells, line }: Omit<Product, 'row'>, { header, delimiter }: CsvLayout): void {
  for (const [column, cell] of cells.entries()) {
    if (cell?.charCodeAt(0) !== 0x22 || !/[\r\n]/.test(cell)) continue;
    if (cell.split(delimiter).length >= header.length) throw unclosedQuote(line, header[column] ?? null);
  }
}

function warnOfUnusableUrls(warnings: CsvIssue[], { urls, line }: Omit<Product, 'row'>, layout: CsvLayout): void {
  const column = layout.header[layout.imageColumns[0] ?? 0] ?? null;
  for (const url of urls) {
    if (imageUrl(url)) continue;
    const message = `"${url.slice(0, 100)}" is not an http or https link.`;
    warnings.push({ line, column, code: 'invalid_url', message });
  }
}

/** Errors of the parser, with the line on which the broken row begins. */
async function asProblem(error: unknown, open: () => AsyncIterable<Uint8Array>, layout: CsvLayout): Promise<unknown> {
  const { code, records, lines, column } = error as CsvError & { records: number; lines: number; column: number };
  if (code !== 'CSV_QUOTE_NOT_CLOSED' && code !== 'CSV_MAX_RECORD_SIZE') return error;
  // Rows that were parsed but not read yet went with the parser, so their lines are counted again.
  let line = 1;
  for await (const before of recordBatches(open(), layout, records)) {
    line += before.reduce((sum, cells) => sum + 1 + lineBreaksIn(cells), 0);
  }
  // A row over the limit that goes on for lines is a quote that was not closed.
  if (code === 'CSV_QUOTE_NOT_CLOSED' || lines > line) return unclosedQuote(line, layout.header[column] ?? null, error);
  return rowTooLong(line, error);
}

function fileProblem(
  code: 'unclosed_quote' | 'row_too_long' | 'too_many_images' | 'no_rows',
  issue: Omit<CsvIssue, 'code'>,
  cause?: unknown,
): Problem {
  return new Problem(code, issue.message, { issues: [{ code, ...issue }], cause });
}

function unclosedQuote(line: number, column: string | null, cause?: unknown): Problem {
  const message = `A quote that opens in the row on line ${line} is never closed. Close it, or write "" for a quote inside a cell.`;
  return fileProblem('unclosed_quote', { line, column, message }, cause);
}

function rowTooLong(line: number, cause: unknown): Problem {
  const message = `The row on line ${line} is longer than ${RECORD_BYTES} bytes.`;
  return fileProblem('row_too_long', { line, column: null, message }, cause);
}

function tooManyImages(line: number, limit: number): Problem {
  const message = `The file has more than ${limit} image links. Split it and upload the parts.`;
  return fileProblem('too_many_images', { line, column: null, message });
}

function noRows(): Problem {
  return fileProblem('no_rows', { line: 1, column: null, message: 'The file has a header and no rows.' });
}

function notUtf8(): CsvIssue {
  const message = 'The file is not UTF-8 and was read as Windows-1252. Check letters with accents.';
  return { line: 1, column: null, code: 'not_utf8', message };
}
