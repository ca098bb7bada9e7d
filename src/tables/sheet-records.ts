import type { CsvLayout } from '../domain/product.ts';
import { separatorOf, type TableOptions } from '../domain/table-options.ts';
import { findColumns } from './columns.ts';
import { findHeader, type HeadRow } from './header.ts';
import { linksBehindTexts, readCells, shownCells, telltaleCells } from './linked-cells.ts';
import { missingImages } from './missing-images.ts';
import { emptyFile } from './other-files.ts';
import { namedRow } from './read-layout.ts';
import type { FileRecord, Records } from './records.ts';
import type { RowsHead, RowsLine, TableRow } from './rows-file.ts';
import { writeCell } from './written-cell.ts';

/** Rows that are looked at to find the header and the columns with links. */
const SAMPLE_ROWS = 150;
/** What they may hold together: each of them may have a megabyte, and to look at more at once would leave nobody else a turn. */
const SAMPLE_CHARACTERS = 300_000;

/**
 * Reads the header of a sheet from the rows that were taken out of its workbook; the other rows when they are asked for.
 * @param open opens the bytes from the start; it is called twice
 * @throws Problem `empty_file`, `missing_columns`, `invalid_option`
 */
export async function openSheet(open: () => AsyncIterable<Uint8Array>, options: TableOptions): Promise<Records> {
  const [first = '', ...lines] = await firstLines(open(), SAMPLE_ROWS + 1);
  const head = JSON.parse(first) as RowsHead;
  const sample = lines.map(rowOf);
  if (sample.length === 0) throw emptyFile();
  const rows: HeadRow[] = sample.map(({ line, cells }) => ({
    line,
    cells: shownCells(cells).map((cell) => cell.trim()),
  }));
  const index = head.headed ? 0 : headerOf(rows, options);
  // A sheet without a header has names made up for its columns by nobody: its first row stands for it.
  const place = index ?? 0;
  const { line, cells: header } = rows[place] ?? { line: 1, cells: [] };
  const below = sample.slice(place + 1);
  const found = findColumns(
    header,
    below.map(({ cells }) => telltaleCells(cells)),
    options,
    line,
  );
  if (found.columns.imageColumns.length === 0) throw missingImages(header, rows, place);
  const above = rows.slice(0, place).map(({ cells }) => `${cells.map((cell) => writeCell(cell, ',')).join(',')}\r\n`);
  const layout: CsvLayout = {
    ...(head.sheet !== null && { sheet: head.sheet }),
    encoding: 'utf-8',
    // Excel opens a CSV as UTF-8 only by its mark, and the result goes back to where the upload came from.
    bom: true,
    delimiter: ',',
    newline: '\r\n',
    ...(above.length > 0 && { preamble: above.join('') }),
    headerLine: head.headed ? null : line,
    header,
    ...found.columns,
    ...(options.link_separator !== undefined && { linkSeparator: separatorOf(options.link_separator) }),
  };
  return {
    layout,
    found,
    encodingSure: true,
    ...(head.sheet !== null && { sheets: head.sheets }),
    warnings: [...head.warnings, ...linksBehindTexts(layout, below), ...found.notices],
    batches: readRows(open, layout, line),
  };
}

function headerOf(rows: HeadRow[], { header_row }: TableOptions): number | null {
  return header_row === undefined ? findHeader(rows).index : namedRow(rows, header_row);
}

/** Fewer than wanted where they are long. */
async function firstLines(bytes: AsyncIterable<Uint8Array>, wanted: number): Promise<string[]> {
  const found: string[] = [];
  let characters = 0;
  for await (const lines of lineBatches(bytes)) {
    for (const line of lines) {
      found.push(line);
      characters += line.length;
      if (found.length === wanted || (characters > SAMPLE_CHARACTERS && found.length > 2)) return found;
    }
  }
  return found;
}

/** The rows below the header. */
async function* readRows(
  open: () => AsyncIterable<Uint8Array>,
  { imageColumns }: CsvLayout,
  headerLine: number,
): AsyncGenerator<FileRecord[], void, undefined> {
  let isHead = true;
  for await (const lines of lineBatches(open())) {
    const rows = lines.slice(isHead ? 1 : 0).map(rowOf);
    isHead &&= lines.length === 0;
    yield rows
      .filter(({ line }) => line > headerLine)
      .map(({ line, cells }) => ({ line, cells: readCells(cells, imageColumns) }));
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

function rowOf(text: string): TableRow {
  const [line, ...cells] = JSON.parse(text) as RowsLine;
  return { line, cells };
}
