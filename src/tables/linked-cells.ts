import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import type { CsvLayout } from '../domain/product.ts';
import { columnName } from './column-name.ts';
import type { RowsCell, TableRow } from './rows-file.ts';

/** Cells as they show, by which the header is found. */
export function shownCells(cells: RowsCell[]): string[] {
  return cells.map((cell) => (typeof cell === 'string' ? cell : cell[0]));
}

/** The link behind a text is that of a picture, as far as its name says. */
const PICTURE = /\.(?:jpe?g|png|webp|gif|avif|hei[cf]|tiff?|bmp|svg|jxl)(?:[?#]|$)/i;

/** Cells by which the columns are found: the link of a picture stands for the text before it. */
export function telltaleCells(cells: RowsCell[]): string[] {
  return cells.map((cell) => (typeof cell === 'string' ? cell : PICTURE.test(cell[1]) ? cell[1] : cell[0]));
}

/** Cells as they are read: in a column of images the link behind a text, elsewhere the text. */
export function readCells(cells: RowsCell[], imageColumns: number[]): string[] {
  return cells.map((cell, column) =>
    typeof cell === 'string' ? cell : imageColumns.includes(column) ? cell[1] : cell[0],
  );
}

/** Says that links were read which nobody sees, as far as the first rows of a table hold such. */
export function linksBehindTexts({ header, imageColumns }: CsvLayout, rows: TableRow[]): CsvIssue[] {
  return imageColumns.flatMap((column) => {
    const first = rows.find(({ cells }) => Array.isArray(cells[column]));
    const cell = first?.cells[column];
    if (!first || cell === undefined || typeof cell === 'string') return [];
    const place = { line: first.line, column: columnName(header, column) };
    return [csvIssue('link_behind_text', place, { text: cell[0].slice(0, 60), link: cell[1].slice(0, 100) })];
  });
}
