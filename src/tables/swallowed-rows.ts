import type { CsvLayout } from '../domain/product.ts';
import { startsLikeUrl } from './links/find-links.ts';
import { unclosedQuote } from './unclosed-quote.ts';
import { cellValue } from './written-cell.ts';

/**
 * A quote that opens a cell and is never closed swallows what follows up to the next quote of the file. Where that happens
 * to close a cell, the row has as many cells as any other, and gives a product the picture of another one. Told by its
 * parts: the rest of the first row and the beginning of the last one fill up whole rows, with a link where the images are.
 * @throws Problem `unclosed_quote`
 */
export function refuseSwallowedRows(cells: string[], line: number, layout: CsvLayout): void {
  for (const [column, written] of cells.entries()) {
    if (written.length < 3 || !/[\r\n]/.test(written)) continue;
    if (swallows(cellValue(written), column, layout)) throw unclosedQuote(line, layout.header, column);
  }
}

function swallows(cell: string, column: number, { header, imageColumns, delimiter }: CsvLayout): boolean {
  const width = header.length;
  const firstEnd = cell.search(/[\r\n]/);
  const first = cell.slice(0, firstEnd).split(delimiter, width + 1);
  if (column + first.length !== width) return false;
  const last = cell.slice(Math.max(cell.lastIndexOf('\n'), cell.lastIndexOf('\r')) + 1).split(delimiter, width + 1);
  // A list of links has them below each other, and nothing else.
  return imageColumns.some(
    (image) =>
      (image > column && startsLikeUrl(first[image - column] ?? '')) ||
      (last.length > 1 && startsLikeUrl(last[image] ?? '')),
  );
}
