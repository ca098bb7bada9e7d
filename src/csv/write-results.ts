import { stringify } from 'csv-stringify/sync';
import type { CsvLayout, Product } from '../domain/product.ts';

const OUTPUT_COLUMN = 'Output Image Urls';

/** The header of the result: the uploaded one with the output column, after the mark that the upload began with. */
export function resultHeader(layout: CsvLayout): string {
  const header = layout.outputColumn === null ? [...layout.header, OUTPUT_COLUMN] : layout.header;
  return (layout.bom ? '\ufeff' : '') + csvText(layout, [header]);
}

/**
 * The cells of a product in the result.
 * @param outputs one for each of its links, in their order
 */
export function resultCells(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  outputs: string[],
): string[] {
  const cells = uploadedCells(product.cells, product.urls);
  cells[layout.outputColumn ?? layout.header.length] = outputs.join(',');
  return cells;
}

/** The cells as uploaded; a single image column holds these links. */
export function uploadedCells(cells: Product['cells'], urls: string[]): string[] {
  return cells.map((cell) => cell ?? urls.join(','));
}

/** Rows as CSV text in the form of the upload, in UTF-8. */
export function csvText({ delimiter, newline }: Pick<CsvLayout, 'delimiter' | 'newline'>, rows: string[][]): string {
  const neutral = rows.map((cells) => cells.map(neutralise));
  // Lists of links are in quotes whatever the delimiter is.
  return stringify(neutral, { delimiter, record_delimiter: newline, quoted_match: /[,\r\n]/ });
}

/** Spreadsheets run a cell that begins like this (CWE-1236); the wide forms count since some normalise them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Begins like one and is none: a number, a telephone number, a lone sign. */
const PLAIN = /^[+-]?(?:\d[\d\s.,]*%?)?$/;

function neutralise(cell: string): string {
  return FORMULA.test(cell) && !PLAIN.test(cell) ? `'${cell}` : cell;
}
