import type { CsvLayout, Product } from '../domain/product.ts';
import { findLinks } from './links/find-links.ts';
import { BatchSize } from './records.ts';
import { cellValue, writeCell } from './written-cell.ts';

const OUTPUT_COLUMN = 'Output Image Urls';

/** What a result is written in: the encoding of the upload, or UTF-8 where that cannot hold everything. */
export function resultEncoding({ encoding, resultEncoding }: CsvLayout): string {
  return resultEncoding ?? encoding;
}

/** The byte order mark that a result begins with: that of the upload; one for UTF-8 that stands for another encoding. */
function mark({ bom, resultEncoding }: CsvLayout): string {
  return bom || resultEncoding !== undefined ? '\ufeff' : '';
}

/**
 * The beginning of the result: the mark, what stood above the header, the header with one column more, and one for each
 * further rendition.
 * @param renditions their names
 * @param more names of further columns behind that
 */
export function resultHeader(layout: CsvLayout, renditions: readonly string[] = [], more: string[] = []): string {
  const { preamble = '', outputColumn, header } = layout;
  const added = renditionColumns(layout, renditions).filter(({ at }) => at >= header.length);
  const names = [...(outputColumn === null ? [OUTPUT_COLUMN] : []), ...added.map(({ title }) => title), ...more];
  return mark(layout) + preamble + headerRow(layout, names);
}

/** Where the links of each rendition stand: in a column that the upload has already, as a result has it, or behind all. */
function renditionColumns({ header, outputColumn }: CsvLayout, renditions: readonly string[]) {
  let behind = outputColumn === null ? header.length + 1 : header.length;
  return renditions.map((name) => {
    const title = `${OUTPUT_COLUMN} (${name})`;
    const uploaded = header.indexOf(title);
    return { name, title, at: uploaded === -1 ? behind++ : uploaded };
  });
}

/** The header as uploaded, with further columns, as a line. */
export function headerRow(layout: CsvLayout, more: string[]): string {
  const { delimiter, newline, headerText } = layout;
  const { header } = layout;
  const asWritten = headerText !== undefined && header.every((name) => guarded(name, delimiter) === name);
  const names = asWritten ? [headerText] : header.map((name) => writeCell(guarded(name, delimiter), delimiter));
  return [...names, ...more.map((name) => writeCell(name, delimiter))].join(delimiter) + newline;
}

/**
 * The row of a product in the result, as a line: its cells as they were uploaded, and the new links.
 * @param outputs one for each of its links, in their order
 */
export function resultRow(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  outputs: string[],
): string {
  return row(layout, resultCells(layout, product, outputs));
}

/**
 * The same as cells, each as it stands in the file.
 * @param renditions one link for each of its links, of each further rendition by its name
 * @param more texts of further columns
 */
export function resultCells(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  outputs: string[],
  renditions: ReadonlyMap<string, string[]> = new Map(),
  more: string[] = [],
): string[] {
  const cells = uploadedCells(layout, product.cells, product.urls).map((cell) => guardedCell(cell, layout));
  cells[layout.outputColumn ?? layout.header.length] = writeCell(outputs.join(','), layout.delimiter);
  for (const { name, at } of renditionColumns(layout, [...renditions.keys()])) {
    cells[at] = writeCell((renditions.get(name) ?? []).join(','), layout.delimiter);
  }
  return [...cells, ...more.map((text) => writeCell(guarded(text), layout.delimiter))];
}

/** The beginning of a result that is to be imported: the uploaded one. */
export function importHeader(layout: CsvLayout): string {
  const { preamble = '', headerText, header, delimiter, newline } = layout;
  const names = headerText ?? header.map((name) => writeCell(name, delimiter)).join(delimiter);
  // The mark of a workbook's result is for Excel; a shop's import may take it for a part of the first name.
  return (layout.sheet === undefined ? mark(layout) : '') + preamble + names + newline;
}

/**
 * The row of a product with other links in its image columns, as a line: everything else in these cells stays, what
 * separates the links, too. Nothing is put in front of formulas: a shop's import would take it for a part of the text.
 * @param links one for each of its links, in their order; undefined where the old one stays
 */
export function importRow(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  links: (string | undefined)[],
): string {
  return row(layout, importCells(layout, product, links));
}

/** The same as cells, each as it stands in the file. */
export function importCells(
  layout: CsvLayout,
  product: { cells: Product['cells']; urls: string[] },
  links: (string | undefined)[],
): string[] {
  const cells = uploadedCells(layout, product.cells, product.urls);
  const texts = layout.imageColumns.map((column) => valueIn(cells[column] ?? '', layout));
  const found = texts.map((text) => findLinks(text, layout.linkSeparator));
  // An older release told links apart in another way: better all of them in one cell than each in the place of another.
  if (found.flat().length !== links.length) {
    const all = links.map((link, index) => link ?? product.urls[index] ?? '').join(',');
    for (const [index, column] of layout.imageColumns.entries())
      cells[column] = written(index === 0 ? all : '', layout);
    return layout.written ? cells : cells.map((cell) => writeCell(cell, layout.delimiter));
  }
  let from = 0;
  for (const [index, column] of layout.imageColumns.entries()) {
    const text = texts[index] ?? '';
    let replaced = '';
    let at = 0;
    for (const { start, end } of found[index] ?? []) {
      replaced += text.slice(at, start) + (links[from++] ?? text.slice(start, end));
      at = end;
    }
    replaced += text.slice(at);
    if (replaced !== text) cells[column] = written(replaced, layout);
  }
  return layout.written ? cells : cells.map((cell) => writeCell(cell, layout.delimiter));
}

/**
 * The cells as uploaded, one for each column of the header; where there is a single image column, it holds these links.
 * They are written as in the upload where the layout says so, else values.
 */
export function uploadedCells(
  { header, written, delimiter }: CsvLayout,
  cells: Product['cells'],
  urls: string[],
): string[] {
  const list = () => (written ? writeCell(urls.join(','), delimiter) : urls.join(','));
  const uploaded = cells.map((cell) => cell ?? list());
  while (uploaded.length < header.length) uploaded.push('');
  return uploaded;
}

function valueIn(cell: string, layout: CsvLayout): string {
  return layout.written ? cellValue(cell) : cell;
}

function written(value: string, layout: CsvLayout): string {
  return layout.written ? writeCell(value, layout.delimiter) : value;
}

/** Cells that are written as they are to stand in the file, as a line. */
export function row({ delimiter, newline }: Pick<CsvLayout, 'delimiter' | 'newline'>, cells: string[]): string {
  return cells.join(delimiter) + newline;
}

/** Rows as texts of some megabytes at most: a row may have a megabyte, and stand there once for each of its images. */
export function* inTexts<Item>(items: Iterable<Item>, line: (item: Item) => string): Generator<string> {
  const size = new BatchSize();
  let text = '';
  for (const item of items) {
    const added = line(item);
    text += added;
    if (!size.add([added])) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** A cell of an upload as it stands in a result that is opened in a spreadsheet. */
export function guardedCell(cell: string, { written, delimiter }: Pick<CsvLayout, 'written' | 'delimiter'>): string {
  if (!written) return writeCell(guarded(cell, delimiter), delimiter);
  // Cells are what the upload has, unless a spreadsheet would run them.
  const value = cellValue(cell);
  const safe = guarded(value, delimiter);
  return safe === value ? cell : writeCell(safe, delimiter);
}

/** Spreadsheets run a cell that begins like this (CWE-1236); the wide forms count since some normalise them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Begins like one and is none: a number, a telephone number, a lone sign, nothing but blanks. */
const PLAIN = /^(?:[+-]?(?:\d[\d\s.,]*%?)?|\s+)$/;

/**
 * A formula that calls something, within a text behind a semicolon: where numbers have decimal commas, spreadsheets split
 * the lines of a CSV there, and quotes in the middle of a cell hold nothing together. Less is taken for a formula than at
 * the beginning of a cell, since texts and links hold such signs, too.
 */
const SPLIT_FORMULA = /;(?=[=+\-@＝＋－＠][^;]*(?:\w\(|\w\|['"]))/g;

/**
 * A text that no spreadsheet takes for a formula.
 * @param delimiter of the file, as far as it has one
 */
export function guarded(text: string, delimiter?: string): string {
  const safe = FORMULA.test(text) && !PLAIN.test(text) ? `'${text}` : text;
  return delimiter === ',' ? safe.replace(SPLIT_FORMULA, "$&'") : safe;
}
