import type { CsvLayout } from '../domain/product.ts';
import { normaliseName } from './column-names.ts';
import type { ColumnProfile } from './column-profile.ts';
import { startsLikeUrl } from './links/find-links.ts';
import { isPictureName } from './links/picture-link.ts';
import { cellValue, writeCell } from './written-cell.ts';

/** Columns that lead to the page of a product. */
const PAGES = [
  'link',
  'url',
  'producturl',
  'productlink',
  'permalink',
  'itemurl',
  'pageurl',
  'canonicalurl',
  'website',
];

/** What is known of the columns beside the images: where a text stands in one of links, the cells of a row are shifted. */
export interface RowShape {
  /** Of links, and left of the last image column. */
  linkColumns: number[];
  /** Whether the column behind the last image column holds links, too. */
  linksBehind: boolean;
}

export function rowShape({ header, imageColumns }: CsvLayout, profiles: ColumnProfile[]): RowShape {
  const lastImage = Math.max(...imageColumns);
  const isPage = (name: string, column: number) => {
    const { filled = 0, links = 0 } = profiles[column] ?? {};
    return links * 5 >= filled * 4 && (links > 0 || PAGES.includes(normaliseName(name)));
  };
  const named = (name: string) => PAGES.includes(normaliseName(name));
  const linkColumns = header
    .map((name, column) => ({ name, column }))
    .filter(
      ({ name, column }) =>
        column < lastImage && !imageColumns.includes(column) && (isPage(name, column) || named(name)),
    )
    .map(({ column }) => column);
  const behind = profiles[lastImage + 1]?.links ?? 0;
  const linksBehind = named(header[lastImage + 1] ?? '') || behind * 2 > (profiles[lastImage]?.filled ?? 0);
  return { linkColumns, linksBehind };
}

/** A row with no more cells than the header, or why it has none. */
export type Fitted =
  | { cells: string[] }
  | { fault: 'too_many_cells' }
  | { fault: 'shifted_cells'; text: string; column: number };

/**
 * Brings a row to the width of the header. CSVs written by hand have links that are not in quotes: what is too much in a
 * row belongs to the image column, as far as it looks like links. A comma in a text that is not in quotes shifts all cells
 * behind it, so that the page of a product may stand where its image should; such a row is named. Cells of a workbook were
 * never torn apart, so a note beside the table is no part of a link.
 */
export function fitRow(cells: string[], layout: CsvLayout, shape: RowShape): Fitted {
  const { header, imageColumns, delimiter, sheet } = layout;
  const width = header.length;
  let used = cells.length;
  if (used > width) while (used > width && cells[used - 1]?.trim() === '') used--;
  const lastImage = imageColumns.length === 1 ? (imageColumns[0] ?? 0) : Math.max(...imageColumns);
  if (used <= width) {
    if (sheet !== undefined || shape.linksBehind || !startsLikeUrl(cells[lastImage + 1] ?? '')) {
      return { cells: cells.slice(0, used) };
    }
    return shifted(cells, lastImage, shape) ?? { cells: cells.slice(0, used) };
  }
  const fault = sheet === undefined ? shifted(cells, lastImage, shape) : undefined;
  if (fault) return fault;
  const surplus = used - width;
  const from = lastImage + 1;
  const values = cells.slice(lastImage, from + surplus).map((cell) => (layout.written ? cellValue(cell) : cell));
  const [image = '', ...joined] = values;
  const begins = startsLikeUrl(image) || (image.trim() === '' && joined.every(startsLikeUrl));
  // The rest of a link that holds a comma stands in cells of its own.
  const mayContinue = sheet === undefined && lastImage === width - 1;
  const continues = (cell: string) =>
    startsLikeUrl(cell) ||
    (/^\S+$/.test(cell.trim()) && (mayContinue || (layout.written === true && isPictureName(cell))));
  if (!begins && (sheet !== undefined || image.trim() === '')) return { fault: 'too_many_cells' };
  if (!begins) return textInstead(cells, lastImage);
  if (!joined.every(continues)) return { fault: 'too_many_cells' };
  const list = values.join(delimiter);
  const written = layout.written ? writeCell(list, delimiter) : list;
  return { cells: [...cells.slice(0, lastImage), written, ...cells.slice(from + surplus, used)] };
}

/** Whether a text stands in a column of links, or in a cell that begins with the space behind a comma. */
function shifted(cells: string[], lastImage: number, { linkColumns }: RowShape): Fitted | undefined {
  for (const column of linkColumns) {
    const cell = cellValue(cells[column] ?? '').trim();
    if (cell !== '' && !startsLikeUrl(cell)) return { fault: 'shifted_cells', text: cell, column };
  }
  // Where a space follows every comma it says nothing.
  if (cells.slice(1, lastImage + 1).every((cell) => cell.startsWith(' ') || cell === '')) return undefined;
  const column = cells.findIndex(
    (cell, index) => index > 0 && index <= lastImage && /^ [^\s"]/.test(cell) && !startsLikeUrl(cell),
  );
  return column === -1 ? undefined : { fault: 'shifted_cells', text: (cells[column] ?? '').trim(), column };
}

function textInstead(cells: string[], column: number): Fitted {
  return { fault: 'shifted_cells', text: cellValue(cells[column] ?? '').trim(), column };
}
