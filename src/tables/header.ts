import { imageName, normaliseName } from './column-names.ts';
import { linkKind } from './column-profile.ts';
import { NAMES, OUTPUT, SERIALS } from './column-words.ts';

/** A row near the beginning of a table. */
export interface HeadRow {
  /** On which it begins, from 1. */
  line: number;
  /** Values, without the spaces around them. */
  cells: string[];
}

/** Rows above the header that are passed over: titles, comments, hints of a template. */
export const ROWS_ABOVE = 20;

/** Longer texts are no names. */
const NAME_CHARACTERS = 120;
/** A number, a price, a day or a time. */
const VALUE = /^[\p{Sc}]?\s*[+-]?\d[\d\s.,:/%-]*(?:\p{Sc}|[A-Z]{3}|[ap]m|Z)?$/iu;
const WORDS = new Set([...SERIALS, ...NAMES, OUTPUT]);

export interface HeaderPlace {
  /** Index of the row; null: the table has none, and begins with its first row. */
  index: number | null;
  /** Index of the first row that holds a link; undefined where none of the rows does. */
  firstLink: number | undefined;
}

/**
 * Finds the header: the last row of names before the first row with a link. One that names an image column is surely it.
 * @param rows the first ones that are not blank
 */
export function findHeader(rows: HeadRow[]): HeaderPlace {
  const width = Math.max(0, ...rows.map(({ cells }) => filled(cells)));
  const linkRow = rows.findIndex((row) => !isAside(row, width) && row.cells.some((cell) => linkKind(cell) !== 'text'));
  const firstLink = linkRow === -1 ? undefined : linkRow;
  const links = rows[linkRow]?.cells.flatMap((cell, column) => (linkKind(cell) === 'text' ? [] : [column])) ?? [];
  const above = rows.slice(0, Math.min(firstLink ?? rows.length, ROWS_ABOVE + 1));
  const candidates = above
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => !isAside(row, width) && isShort(row));
  const half = Math.max(0, ...candidates.map(({ row }) => filled(row.cells))) / 2;
  const wide = candidates.filter(({ row }) => filled(row.cells) >= half);
  const named = wide
    .filter(({ row }) => row.cells.some((cell) => imageName(normaliseName(cell)) !== undefined))
    .map((candidate) => ({ ...candidate, known: knownNames(candidate.row) }));
  // "photo 2" may stand in any row; a header has other names beside it.
  const most = Math.max(0, ...named.map(({ known }) => known));
  const [surely] = named.filter(({ known }) => known * 2 > most).slice(-1);
  if (surely) return { index: surely.index, firstLink };
  const ofNames = wide.filter(({ row }) => isOfNames(row) && links.every((column) => (row.cells[column] ?? '') !== ''));
  const known = ofNames.filter(({ row }) => row.cells.some((cell) => WORDS.has(normaliseName(cell))));
  const [likely] = (known.length > 0 ? known : ofNames).slice(-1);
  if (likely) return { index: firstLink === undefined ? (ofNames[0] ?? likely).index : likely.index, firstLink };
  // Programs number the columns of a table that has no names for them.
  const numbered = rows[0] !== undefined && firstLink !== 0 && isNumbering(rows[0]);
  return { index: (firstLink === undefined && rows.length > 0) || numbered ? 0 : null, firstLink };
}

/** `0,1,2,3`, maybe after the empty name of an index. */
function isNumbering({ cells }: HeadRow): boolean {
  const numbers = cells.filter((cell, column) => column > 0 || cell !== '');
  const first = Number(numbers[0]);
  return numbers.length > 1 && first <= 1 && numbers.every((cell, index) => cell === String(first + index));
}

/** How many cells are names that columns are called by. */
function knownNames({ cells }: HeadRow): number {
  const known = cells.filter((cell) => {
    const name = normaliseName(cell);
    return WORDS.has(name) || imageName(name) !== undefined;
  });
  return known.length;
}

/** A title or a comment: a row of one cell where others have more, or one that begins with `#` and a text. */
function isAside({ cells }: HeadRow, width: number): boolean {
  const first = cells.find((cell) => cell !== '') ?? '';
  return (
    /^#.*\p{L}{2}.*[\s|]/u.test(first) || /^#(?:info|note|comment)/i.test(first) || (filled(cells) === 1 && width > 1)
  );
}

function isShort({ cells }: HeadRow): boolean {
  return cells.every((cell) => cell.length <= NAME_CHARACTERS * 5);
}

function isOfNames({ cells }: HeadRow): boolean {
  const names = cells.filter((cell) => cell !== '');
  return (
    names.length > 0 &&
    names.every(
      (name) => name.length <= NAME_CHARACTERS && !/[\r\n]/.test(name) && !VALUE.test(name) && /[\p{L}#]/u.test(name),
    )
  );
}

function filled(cells: string[]): number {
  return cells.reduce((sum, cell) => (cell === '' ? sum : sum + 1), 0);
}
