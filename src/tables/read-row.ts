import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import type { Limits } from '../domain/limits.ts';
import type { CsvLayout, Product } from '../domain/product.ts';
import type { Assumptions } from './assumptions.ts';
import { columnName } from './column-name.ts';
import { splitUrls, startsLikeUrl } from './split-urls.ts';

export type RowLimits = Pick<Limits, 'urlsPerProduct' | 'urlLength'>;

/** What a row may take from its place in the file where a cell of its own is empty. */
export interface RowPlace {
  /** Line on which it begins. */
  line: number;
  /** From 1, over all rows below the header. */
  number: number;
  /** The latest usable row above. */
  above: Pick<Product, 'row' | 'serial' | 'name' | 'nameRow' | 'cells'> | undefined;
  assume: Assumptions;
}

/**
 * One row of the file as a product, or what is wrong with it.
 * @param cells as the parser found them: fewer or more than the header has
 */
export function readRow(
  cells: string[],
  { line, number, above, assume }: RowPlace,
  layout: CsvLayout,
  limits: RowLimits,
): Omit<Product, 'row'> | CsvIssue {
  const fitted = fit(cells, layout);
  if (!fitted) {
    const [columns, sheet] = [layout.header.length, layout.sheet !== undefined];
    return csvIssue('too_many_cells', { line }, { cells: cells.length, columns, sheet });
  }
  const { serialColumn, nameColumn, imageColumns } = layout;
  const [imageColumn = 0] = imageColumns;
  const imageCell = { line, column: columnName(layout.header, imageColumn) };
  const cell = (column: number | null = null) => (column === null ? '' : (fitted[column] ?? '').trim());
  const group = cell(layout.groupColumn);
  const first = group !== '' && above?.cells[layout.groupColumn ?? 0]?.trim() === group ? above : undefined;
  const ownName = cell(nameColumn) || (first === undefined ? group : '');
  const own = {
    serial: serialColumn === null ? '' : cell(serialColumn) || (first?.serial ?? ''),
    name: ownName || (first?.name ?? ''),
  };
  const urls = linksOf(fitted, imageColumns);
  if (layout.shop === undefined && urls.length === 0) {
    return csvIssue('missing_images', imageCell);
  }
  if (urls.length > limits.urlsPerProduct) {
    return csvIssue('too_many_urls', imageCell, { urls: urls.length, limit: limits.urlsPerProduct });
  }
  const long = urls.find((url) => url.length > limits.urlLength);
  if (long !== undefined) {
    return csvIssue('url_too_long', imageCell, { length: long.length, limit: limits.urlLength });
  }
  const kept: (string | null)[] = fitted;
  // As short as it is: filled up to a header of a thousand columns, a row of ten bytes would become three thousand.
  while (kept.at(-1) === '') kept.pop();
  if (imageColumns.length === 1 && imageColumn < kept.length) kept[imageColumn] = null;
  const { serial, name } = assume.named(own, urls, { line, number });
  const product = { line, serial, name, cells: kept, urls };
  return ownName === '' && first ? { ...product, nameRow: first.nameRow ?? first.row } : product;
}

/** Empty cells cost next to nothing: a header may have a thousand columns of images, and a row two characters. */
function linksOf(cells: string[], imageColumns: number[]): string[] {
  const links: string[] = [];
  for (const column of imageColumns) {
    const cell = column < cells.length && cells[column];
    if (cell) for (const link of splitUrls(cell)) links.push(link);
  }
  return links;
}

/**
 * No more cells than the header has. CSVs written by hand have links that are not in quotes: what is too much in
 * a row belongs to the image column, all of it where that is the last one, else as far as it looks like links. Cells of a
 * workbook were never torn apart, so a note beside the table is no part of a link.
 * @returns undefined where cells are left over
 */
function fit(cells: string[], { header, imageColumns, delimiter, sheet }: CsvLayout): string[] | undefined {
  const width = header.length;
  let used = cells.length;
  while (used > width && cells[used - 1]?.trim() === '') used--;
  const surplus = used - width;
  if (surplus <= 0) return cells.slice(0, used);

  const lastImage = Math.max(...imageColumns);
  const from = lastImage + 1;
  const joined = cells.slice(from, from + surplus);
  const wasOneCell = sheet === undefined && lastImage === width - 1;
  if (!wasOneCell && !joined.every(startsLikeUrl)) return undefined;
  const images = [cells[lastImage], ...joined].join(delimiter);
  return [...cells.slice(0, lastImage), images, ...cells.slice(from + surplus, used)];
}
