import { stringify } from 'csv-stringify/sync';
import type { CsvLayout, Product } from '../domain/product.ts';
import { BatchSize } from './records.ts';
import { splitUrls } from './split-urls.ts';

const OUTPUT_COLUMN = 'Output Image Urls';

/**
 * The header of the result: the uploaded one with the output column and one for each further rendition, after the mark
 * that the upload began with.
 * @param renditions their names
 */
export function resultHeader(layout: CsvLayout, renditions: readonly string[] = []): string {
  const header = layout.outputColumn === null ? [...layout.header, OUTPUT_COLUMN] : [...layout.header];
  for (const { name, at } of renditionColumns(layout, renditions)) header[at] = `${OUTPUT_COLUMN} (${name})`;
  return (layout.bom ? '\ufeff' : '') + csvText(layout, [header]);
}

/** Where the links of each rendition stand: in a column that the upload has already, as a result has it, or behind all. */
function renditionColumns({ header, outputColumn }: CsvLayout, renditions: readonly string[]) {
  let behind = outputColumn === null ? header.length + 1 : header.length;
  return renditions.map((name) => {
    const uploaded = header.indexOf(`${OUTPUT_COLUMN} (${name})`);
    return { name, at: uploaded === -1 ? behind++ : uploaded };
  });
}

/**
 * The cells of a product in the result.
 * @param outputs one for each of its links, in their order
 * @param renditions the same for each further rendition, by its name
 */
export function resultCells(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  outputs: string[],
  renditions: ReadonlyMap<string, string[]> = new Map(),
): string[] {
  const cells = uploadedCells(layout, product.cells, product.urls);
  cells[layout.outputColumn ?? layout.header.length] = outputs.join(',');
  for (const { name, at } of renditionColumns(layout, [...renditions.keys()])) {
    cells[at] = (renditions.get(name) ?? []).join(',');
  }
  return cells;
}

/** The header of a result that is to be imported: the uploaded one. */
export function importHeader(layout: CsvLayout): string {
  // The mark of a workbook's result is for Excel; a shop's import may take it for a part of the first name.
  return (layout.bom && layout.sheet === undefined ? '\ufeff' : '') + importText(layout, [layout.header]);
}

/**
 * The cells of a product with other links in its image columns, as many in each as there were.
 * @param links one for each of its links, in their order
 */
export function importCells(layout: CsvLayout, cells: Product['cells'], links: string[]): string[] {
  let from = 0;
  const result = uploadedCells(layout, cells, links);
  for (const column of layout.imageColumns) {
    const cell = cells[column];
    if (typeof cell !== 'string') continue;
    const to = from + splitUrls(cell).length;
    if (to > from) result[column] = links.slice(from, to).join(',');
    from = to;
  }
  return result;
}

/** Rows for the import of a shop, which would take what protects a spreadsheet for a part of the text. */
export function importText({ delimiter, newline }: Pick<CsvLayout, 'delimiter' | 'newline'>, rows: string[][]): string {
  // Lists of links are in quotes whatever the delimiter is.
  return stringify(rows, { delimiter, record_delimiter: newline, quoted_match: /[,\r\n]/ });
}

/** The cells as uploaded, one for each column of the header; a single image column holds these links. */
export function uploadedCells({ header }: CsvLayout, cells: Product['cells'], urls: string[]): string[] {
  const uploaded = cells.map((cell) => cell ?? urls.join(','));
  while (uploaded.length < header.length) uploaded.push('');
  return uploaded;
}

/**
 * Rows as texts of some megabytes at most: a row may have a megabyte, and stand there once for each of its images.
 * @param cells of the row that is made of an item
 */
export function* inTexts<Item>(
  items: Iterable<Item>,
  cells: (item: Item) => string[],
  text: (rows: string[][]) => string,
): Generator<string> {
  const size = new BatchSize();
  let rows: string[][] = [];
  for (const item of items) {
    const row = cells(item);
    rows.push(row);
    if (!size.add(row)) continue;
    yield text(rows);
    rows = [];
  }
  if (rows.length > 0) yield text(rows);
}

/** Rows as CSV text in the form of the upload, in UTF-8. */
export function csvText(form: Pick<CsvLayout, 'delimiter' | 'newline'>, rows: string[][]): string {
  return importText(
    form,
    rows.map((cells) => cells.map(neutralise)),
  );
}

/** Spreadsheets run a cell that begins like this (CWE-1236); the wide forms count since some normalise them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Begins like one and is none: a number, a telephone number, a lone sign. */
const PLAIN = /^[+-]?(?:\d[\d\s.,]*%?)?$/;

function neutralise(cell: string): string {
  return FORMULA.test(cell) && !PLAIN.test(cell) ? `'${cell}` : cell;
}
