import { brokenWorkbook } from './not-workbook.ts';

/** What a sheet of Excel can have. */
export const ROWS = 1_048_576;
export const COLUMNS = 16_384;

/** One number for each cell of a sheet. @param column from 0 */
export function placeOf(line: number, column: number): number {
  return line * COLUMNS + column;
}

/** A cell of a sheet: its line from 1, its column from 0. */
export interface Place {
  line: number;
  column: number;
}

/** @param address such as `AB7` @throws Problem `not_csv` */
export function cellAt(address: string): Place {
  const line = Number(/\d{1,7}$/.exec(address)?.[0]);
  if (!(line >= 1 && line <= ROWS)) throw brokenWorkbook();
  return { line, column: columnOf(address) };
}

/** The column of a cell's address, from 0: 27 for AB7. @throws Problem `not_csv` */
export function columnOf(address: string): number {
  const letters = /^[A-Z]{1,3}(?=\d)/.exec(address)?.[0];
  if (letters === undefined) throw brokenWorkbook();
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  if (column > COLUMNS) throw brokenWorkbook();
  return column - 1;
}
