import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import type { Limits } from '../domain/limits.ts';
import type { CsvLayout, Product } from '../domain/product.ts';
import type { Assumptions } from './assumptions.ts';
import type { CellNotes } from './cell-notes.ts';
import { columnName } from './column-name.ts';
import { type Fitted, fitRow, type RowShape } from './fit-row.ts';
import { findLinks } from './links/find-links.ts';
import { cellValue, writeCell } from './written-cell.ts';

export type RowLimits = Pick<Limits, 'urlsPerProduct' | 'urlLength' | 'imageBytes'>;

/** What a row may take from its place in the file where a cell of its own is empty. */
export interface RowPlace {
  /** Line on which it begins. */
  line: number;
  /** From 1, over all rows below the header. */
  number: number;
  /** The latest usable row above. */
  above: Pick<Product, 'row' | 'serial' | 'name' | 'nameRow' | 'cells' | 'group'> | undefined;
  assume: Assumptions;
  notes: CellNotes;
  shape: RowShape;
}

/**
 * One row of the file as a product, or what is wrong with it.
 * @param cells as they stand in the file: fewer or more than the header has
 */
export function readRow(
  cells: string[],
  { line, number, above, assume, notes, shape }: RowPlace,
  layout: CsvLayout,
  limits: RowLimits,
): Omit<Product, 'row'> | CsvIssue {
  const { serialColumn, nameColumn, groupColumn, imageColumns } = layout;
  const [imageColumn = 0] = imageColumns;
  const fitted = fitRow(cells, layout, shape);
  if ('fault' in fitted) return rowFault(cells, fitted, layout, line);
  const valueAt = (row: (string | null)[], column: number | null | undefined) => {
    const cell = column === null || column === undefined ? '' : (row[column] ?? '');
    return (layout.written ? cellValue(cell) : cell).trim();
  };
  const cell = (column: number | null | undefined) => valueAt(fitted.cells, column);
  const ownGroup = cell(groupColumn);
  const groupAbove = above === undefined ? '' : (above.group ?? valueAt(above.cells, groupColumn));
  // Sheets with merged cells, and exports of Magento 1, name a group only once.
  const group = ownGroup || (layout.grouped || layout.shop === 'magento' ? groupAbove : '');
  const first = group !== '' && groupAbove === group ? above : undefined;
  const ownName = cell(nameColumn) || (first === undefined ? group : '');
  const own = {
    serial: serialColumn === null ? '' : cell(serialColumn) || (first?.serial ?? ''),
    name: ownName || (first?.name ?? ''),
  };
  const urls = linksOf(fitted.cells, layout, notes, line);
  const imageCell = { line, column: columnName(layout.header, imageColumn) };
  if (urls.length === 0 && layout.shop === undefined && !layout.grouped) {
    return csvIssue('missing_images', imageCell);
  }
  if (urls.length > limits.urlsPerProduct) {
    return csvIssue('too_many_urls', imageCell, { urls: urls.length, limit: limits.urlsPerProduct });
  }
  const long = urls.find((url) => url.length > longest(url, limits));
  if (long !== undefined) {
    return csvIssue('url_too_long', imageCell, { length: long.length, limit: longest(long, limits) });
  }
  const kept: (string | null)[] = fitted.cells;
  // As short as it is: filled up to a header of a thousand columns, a row of ten bytes would become three thousand.
  while (kept.at(-1) === '') kept.pop();
  if (imageColumns.length === 1 && urls.length > 0 && kept[imageColumn] === joined(urls, layout))
    kept[imageColumn] = null;
  const { serial, name } = assume.named(own, urls, { line, number });
  const product = { line, serial, name, cells: kept, urls, ...(group !== '' && { group }) };
  return ownName === '' && first ? { ...product, nameRow: first.nameRow ?? first.row } : product;
}

/** The links of a cell as the result writes them where the cell itself is not kept. */
function joined(urls: string[], { written, delimiter }: CsvLayout): string {
  const [only = ''] = urls;
  const list = urls.length === 1 ? only : urls.join(',');
  return written ? writeCell(list, delimiter) : list;
}

/** A picture in the cell itself is in base64, which takes four characters for three bytes. */
function longest(url: string, { urlLength, imageBytes }: RowLimits): number {
  return /^data:/i.test(url) ? Math.ceil(imageBytes / 3) * 4 + 100 : urlLength;
}

/** Empty cells cost next to nothing: a header may have a thousand columns of images, and a row two characters. */
function linksOf(
  cells: string[],
  { imageColumns, written, linkSeparator }: CsvLayout,
  notes: CellNotes,
  line: number,
): string[] {
  const links: string[] = [];
  for (const column of imageColumns) {
    const cell = column < cells.length && cells[column];
    if (!cell) continue;
    const value = written ? cellValue(cell) : cell;
    for (const found of findLinks(value, linkSeparator)) {
      links.push(found.link);
      notes.link(column, line, found, value);
    }
  }
  return links;
}

function rowFault(
  cells: string[],
  fitted: Exclude<Fitted, { cells: string[] }>,
  { header, sheet }: CsvLayout,
  line: number,
): CsvIssue {
  const curly = cells.some((cell) => /^\s*[“”„«]/.test(cell));
  if (fitted.fault === 'too_many_cells') {
    const values = { cells: cells.length, columns: header.length, sheet: sheet !== undefined, curly };
    return csvIssue('too_many_cells', { line }, values);
  }
  const column = columnName(header, fitted.column);
  const place = column || `#${fitted.column + 1}`;
  return csvIssue('shifted_cells', { line, column }, { text: fitted.text.slice(0, 60), place, curly });
}
