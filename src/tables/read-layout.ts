import type { CsvIssue } from '../domain/csv-issue.ts';
import { Problem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { separatorOf, type TableOptions } from '../domain/table-options.ts';
import { type FoundColumns, findColumns } from './columns.ts';
import type { Survey } from './detect.ts';
import { findHeader, type HeadRow, ROWS_ABOVE } from './header.ts';
import { findLinks, isLink } from './links/find-links.ts';
import { missingImages } from './missing-images.ts';
import { RecordError, RecordReader, type TextRecord } from './record-reader.ts';
import { rowTooLong } from './row-too-long.ts';
import { unclosedQuote } from './unclosed-quote.ts';
import { cellValue, writeCell } from './written-cell.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** Rows that are looked at to find out which columns hold links. */
const SAMPLE_ROWS = 150;
/** A first line that tells programs the delimiter, as Excel writes it. */
const HINT = /^"?sep=(.)"?[ \t]*(?:\r\n|\n|\r|$)/i;
/** What the column is called that a file of nothing but links gets. */
const LINKS_COLUMN = 'Input Image Urls';

/** How a text is to be read. */
export interface TextLayout {
  layout: CsvLayout;
  found: FoundColumns;
  /** Where the rows begin in the text, and on which line. */
  rows: { offset: number; line: number };
  notices: CsvIssue[];
}

/** Values of rows further down that hold links, cut with this delimiter. */
export interface LaterRows {
  delimiter: string;
  rows: string[][];
}

/** No column holds images, with the delimiter that makes most columns. */
export interface NoImages {
  problem: Problem;
  delimiter: string;
}

/** The text with one of the delimiters that it may have. */
interface Reading {
  delimiter: string;
  records: TextRecord[];
  /** Index of the header in `records`. */
  header: number | null;
  found: FoundColumns;
  names: string[];
}

/**
 * Finds out how the columns of a text are to be read. The delimiter is the one with which the table has an image column;
 * of several, the one that makes most columns.
 * @param later values of rows further down that hold links, where the first ones hold none
 * @throws Problem `unclosed_quote`, `row_too_long`, `invalid_option`
 */
export function readLayout(survey: Survey, options: TableOptions, later?: LaterRows): TextLayout | NoImages {
  const hint = HINT.exec(survey.head);
  const from = hint ? { offset: hint[0].length, line: 2 } : { offset: 0, line: 1 };
  const delimiters = options.delimiter ?? later?.delimiter ?? hint?.[1];
  const lines = survey.head.slice(from.offset, from.offset + 100_000);
  const possible =
    delimiters === undefined ? DELIMITERS.filter((one) => one === ',' || lines.includes(one)) : [delimiters];
  const readings = possible.map((delimiter) => readWith(delimiter, survey, from, options, later?.rows ?? []));
  const works = readings.filter((reading) => 'found' in reading);
  const [first] = readings;
  if (works.length === 0) throw first as Problem;
  const best = works
    .filter(({ found }) => found.columns.imageColumns.length > 0)
    .sort(
      (a, b) => Number(b.found.by !== 'content') - Number(a.found.by !== 'content') || b.names.length - a.names.length,
    )[0];
  const links = linksOnly(survey.head.slice(from.offset), options);
  if (links && (best === undefined || best.header === null)) return asText(survey, links, from, options);
  if (best) return asText(survey, best, from, options);
  const widest = works.sort((a, b) => b.names.length - a.names.length)[0];
  const { names = [], records = [], header = null, delimiter = ',' } = widest ?? {};
  return { problem: missingImages(names, records.map(rowOf), header), delimiter };
}

function readWith(
  delimiter: string,
  { head, whole }: Survey,
  from: { offset: number; line: number },
  options: TableOptions,
  later: string[][],
): Reading | Problem {
  let records: TextRecord[];
  try {
    const reader = new RecordReader(delimiter, from);
    records = reader.read(head.slice(from.offset), whole, SAMPLE_ROWS).filter((record) => !isBlank(record.cells));
  } catch (error) {
    if (error instanceof RecordError) return recordProblem(error, [], error);
    throw error;
  }
  if (records.length === 0) return rowTooLong(from.line);
  const rows = records.map(rowOf);
  const place =
    options.header_row === undefined
      ? findHeader(rows.slice(0, SAMPLE_ROWS)).index
      : namedRow(rows, options.header_row);
  const header = place === null ? undefined : rows[place];
  const below = rows.slice(place === null ? 0 : place + 1).map(({ cells }) => cells);
  const names =
    header?.cells ??
    below.reduce<string[]>((widest, cells) => (cells.length > widest.length ? cells : widest), []).map(() => '');
  const found = findColumns(names, [...below, ...later], options, header?.line ?? 1);
  return { delimiter, records, header: place, found, names };
}

/** @throws Problem `invalid_option` where no row begins there */
export function namedRow(rows: HeadRow[], line: number): number {
  const index = rows.findIndex((row) => row.line === line);
  if (index !== -1) return index;
  const begins = rows
    .slice(0, ROWS_ABOVE)
    .map((row) => row.line)
    .join(', ');
  throw new Problem(
    'invalid_option',
    `"header_row" is ${line}, but no row begins on that line. Rows begin on lines ${begins}.`,
  );
}

/** A file that is nothing but links, one or more a line. */
function linksOnly(text: string, options: TableOptions): Reading | undefined {
  if (options.header_row !== undefined) return undefined;
  const delimiter = options.delimiter ?? ',';
  const lines = text
    .split(/\r\n|\n|\r/, SAMPLE_ROWS + 1)
    .slice(0, SAMPLE_ROWS)
    .filter((line) => line.trim() !== '');
  const only = lines.every((line) => {
    const links = findLinks(cellValue(line));
    return (
      links.length > 0 && links.every(({ link, start, end }) => isLink(link) && !/\s/.test(line.slice(start, end)))
    );
  });
  if (!only || lines.length === 0) return undefined;
  const names = [LINKS_COLUMN];
  return {
    delimiter,
    records: [],
    header: null,
    found: findColumns(names, [], { ...options, image_columns: ['#1'] }, 1),
    names,
  };
}

function asText(
  { head, encoding, bom, resultEncoding }: Survey,
  { delimiter, records, header: index, found, names }: Reading,
  from: { offset: number; line: number },
  options: TableOptions,
): TextLayout {
  const record = index === null ? undefined : records[index];
  const newline = (/\r\n|\n|\r/.exec(head)?.[0] ?? '\n') as CsvLayout['newline'];
  const start = record?.start ?? from.offset;
  const header = record ? names : names.map((_name, column) => madeUpName(column, found.columns.imageColumns, names));
  const preamble = head.slice(0, start);
  const layout: CsvLayout = {
    encoding,
    ...(resultEncoding && { resultEncoding }),
    bom,
    newline,
    delimiter,
    ...(preamble !== '' && { preamble: structuredClone(preamble) }),
    headerLine: record?.line ?? null,
    headerText: record
      ? structuredClone(head.slice(start, record.end).replace(/[\r\n]+$/, ''))
      : header.map((name) => writeCell(name, delimiter)).join(delimiter),
    written: true,
    header: structuredClone(header),
    ...found.columns,
    ...(options.link_separator !== undefined && { linkSeparator: separatorOf(options.link_separator) }),
  };
  const rows = record ? { offset: record.end, line: lineAfter(head, record) } : from;
  return { layout, found, rows, notices: found.notices };
}

/** A table without a header gets one: the result has to name its columns. */
function madeUpName(column: number, images: number[], names: string[]): string {
  if (names[column] !== '') return names[column] ?? '';
  const place = images.indexOf(column);
  if (place === -1) return `Column ${column + 1}`;
  return images.length === 1 ? LINKS_COLUMN : `Image ${place + 1}`;
}

function lineAfter(head: string, { line, start, end }: TextRecord): number {
  const breaks = head.slice(start, end).match(/\r\n|\n|\r/g)?.length ?? 0;
  return line + Math.max(1, breaks);
}

function rowOf({ line, cells }: TextRecord): HeadRow {
  return { line, cells: cells.map((cell) => cellValue(cell).trim()) };
}

export function isBlank(cells: string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/** What is wrong with a row that cannot be cut into cells, in words. */
export function recordProblem({ code, line, column }: RecordError, header: string[], cause: unknown): Problem {
  return code === 'row_too_long' ? rowTooLong(line, cause) : unclosedQuote(line, header, column, cause);
}
