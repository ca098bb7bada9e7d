import { type CsvIssue, Problem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { separatorOf, type TableOptions } from '../domain/table-options.ts';
import { findColumns } from './columns.ts';
import { findHeader, type HeadRow } from './header.ts';
import { missingImages } from './missing-images.ts';
import { emptyFile } from './other-files.ts';
import { namedRow } from './read-layout.ts';
import type { FileRecord, Records } from './records.ts';
import type { SheetHead, SheetLine } from './workbook/write-sheet-rows.ts';
import { writeCell } from './written-cell.ts';

/** Rows that are looked at to find the header and the columns with links. */
const SAMPLE_ROWS = 150;
/** Of these rows: to look at more at once would leave nobody else a turn. */
const SAMPLE_CHARACTERS = 300_000;

/**
 * Reads the header of a sheet from the rows that were taken out of its workbook; the other rows when they are asked for.
 * @param open opens the bytes from the start; it is called twice
 * @throws Problem `empty_file`, `missing_columns`, `invalid_option`
 */
export async function openSheet(open: () => AsyncIterable<Uint8Array>, options: TableOptions): Promise<Records> {
  const [head, ...first] = await firstLines(open(), SAMPLE_ROWS + 1);
  const { sheet, otherSheets } = JSON.parse(head ?? '') as SheetHead;
  if (options.sheet !== undefined && options.sheet !== sheet && options.sheet !== '1')
    throw otherSheet(options.sheet, sheet);
  const rows: HeadRow[] = first
    .map(record)
    .map(({ line, cells }) => ({ line, cells: cells.map((cell) => cell.trim()) }));
  if (rows.length === 0) throw emptyFile();
  const index = options.header_row === undefined ? findHeader(rows).index : namedRow(rows, options.header_row);
  // A sheet without a header has names made up for its columns by nobody: its first row stands for it.
  const place = index ?? 0;
  const { line, cells: header } = rows[place] ?? { line: 1, cells: [] };
  const below = rows.slice(place + 1).map(({ cells }) => cells);
  const found = findColumns(header, below, options, line);
  if (found.columns.imageColumns.length === 0) throw missingImages(header, rows, place);
  const above = rows.slice(0, place).map(({ cells }) => `${cells.map((cell) => writeCell(cell, ',')).join(',')}\r\n`);
  const layout: CsvLayout = {
    sheet,
    encoding: 'utf-8',
    // Excel opens a CSV as UTF-8 only by its mark, and the result goes back to where the upload came from.
    bom: true,
    delimiter: ',',
    newline: '\r\n',
    ...(above.length > 0 && { preamble: above.join('') }),
    headerLine: line,
    header,
    ...found.columns,
    ...(options.link_separator !== undefined && { linkSeparator: separatorOf(options.link_separator) }),
  };
  const warnings = otherSheets.length > 0 ? [severalSheets(sheet, otherSheets)] : [];
  return {
    layout,
    found,
    encodingSure: true,
    sheets: [sheet, ...otherSheets],
    warnings: [...warnings, ...found.notices],
    batches: readRows(open, line),
  };
}

async function firstLines(bytes: AsyncIterable<Uint8Array>, wanted: number): Promise<string[]> {
  const found: string[] = [];
  let characters = 0;
  for await (const lines of lineBatches(bytes)) {
    found.push(...lines);
    for (const line of lines) characters += line.length;
    // The head, the header and a row at least.
    if (found.length >= wanted || (found.length > 2 && characters > SAMPLE_CHARACTERS)) break;
  }
  return found.slice(0, wanted);
}

/** The rows below the header. */
async function* readRows(
  open: () => AsyncIterable<Uint8Array>,
  headerLine: number,
): AsyncGenerator<FileRecord[], void, undefined> {
  let isHead = true;
  for await (const lines of lineBatches(open())) {
    const rows = lines.slice(isHead && lines.length > 0 ? 1 : 0).map(record);
    isHead = isHead && lines.length === 0;
    yield rows[0] !== undefined && rows[0].line > headerLine ? rows : rows.filter(({ line }) => line > headerLine);
  }
}

/** Whole lines, as they come. Not by `readline`, for which a line also ends at U+2028, which cells may hold. */
async function* lineBatches(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    // A line may be many chunks long, and is not to be searched again with each of them.
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    yield lines;
  }
}

function record(text: string): FileRecord {
  const [line, ...cells] = JSON.parse(text) as SheetLine;
  return { line, cells };
}

function otherSheet(wanted: string, sheet: string): Problem {
  const advice = 'Move the one that is meant to the front, or save it as a workbook of its own.';
  return new Problem(
    'invalid_option',
    `"sheet" is "${wanted}", but only the first sheet, "${sheet}", is read. ${advice}`,
  );
}

function severalSheets(sheet: string, others: string[]): CsvIssue {
  const shown = (name: string) => `"${name}"`;
  const rest =
    others.length > 3
      ? `${others.length} others are`
      : `${others.map(shown).join(', ')} ${others.length > 1 ? 'are' : 'is'}`;
  const message = `Only the first sheet, ${shown(sheet)}, was read; ${rest} left out.`;
  return { line: 1, column: null, code: 'several_sheets', message };
}
