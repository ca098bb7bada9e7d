import type { Allowance } from '../inflate.ts';
import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import { type NumberFormat, numberText, storedText, textOf } from './cell-text.ts';
import { brokenWorkbook } from './not-workbook.ts';
import { readXml } from './read-xml.ts';
import type { SharedTexts } from './shared-texts.ts';

/** A row that is not empty, with the number that Excel shows beside it. */
export interface SheetRow {
  line: number;
  cells: string[];
}

/** What the cells of a sheet refer to. */
export interface SheetContext {
  texts: Pick<SharedTexts, 'at'>;
  formats: NumberFormat[];
  from1904: boolean;
  /** For the rows: a cell far to the right, or one that refers to a long text, takes few bytes in the workbook. */
  allowance: Allowance;
}

/** What a sheet of Excel can have. */
const ROWS = 1_048_576;
const COLUMNS = 16_384;
/** About what an empty cell before a filled one costs. */
const EMPTY_BYTES = 4;
/** Rows are handed on once they hold as much. */
const BATCH_BYTES = 65_536;

/** Reads the rows of a sheet, many at a time. @throws Problem `not_csv`, `row_too_long` */
export async function* readSheet(
  bytes: AsyncIterable<Uint8Array>,
  context: SheetContext,
): AsyncGenerator<SheetRow[], void, undefined> {
  const reader = new RowReader(context);
  for await (const _ of readXml(bytes, reader)) {
    if (reader.bytes >= BATCH_BYTES) yield reader.take();
  }
  yield reader.take();
}

/** Collects rows from the tags of a sheet: `row` holds `c`, which holds `v`, or `is` with `t` (18.3.1.4, 18.3.1.73). */
class RowReader {
  /** Of the rows that were not taken yet. */
  bytes = 0;
  readonly #context: SheetContext;
  #rows: SheetRow[] = [];
  #line = 0;
  #cells: string[] = [];
  #rowBytes = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #text = '';
  #reads = false;
  #spoken = false;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.bytes = 0;
    return rows;
  }

  open(name: string, attributes: Record<string, string>): void {
    switch (name) {
      case 'row':
        this.#beginRow(attributes.r);
        break;
      case 'c':
        this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
        if (!(this.#column < COLUMNS)) throw brokenWorkbook();
        this.#type = attributes.t ?? 'n';
        this.#style = Number(attributes.s ?? 0);
        this.#text = '';
        break;
      case 'rPh':
        this.#spoken = true;
        break;
      case 'v':
      case 't':
        this.#reads = !this.#spoken;
        break;
    }
  }

  text(piece: string): void {
    if (!this.#reads) return;
    this.#text += piece;
    if (this.#text.length > RECORD_BYTES) throw rowTooLong(this.#line);
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#reads = false;
        break;
      case 'rPh':
        this.#spoken = false;
        break;
      case 'c':
        this.#endCell();
        break;
      case 'row':
        this.#endRow();
        break;
    }
  }

  #beginRow(number: string | undefined): void {
    const line = number === undefined ? this.#line + 1 : Number(number);
    // Rows go upwards (18.3.1.73), and a row's number names it in what is reported of it.
    if (!Number.isInteger(line) || line <= this.#line || line > ROWS) throw brokenWorkbook();
    this.#line = line;
    this.#cells = [];
    this.#rowBytes = 0;
    this.#column = -1;
  }

  #endRow(): void {
    if (this.#cells.length > 0) this.#rows.push({ line: this.#line, cells: this.#cells });
    this.bytes += this.#rowBytes;
    // A row around this one, which no workbook has, would be the same one again.
    this.#cells = [];
    this.#rowBytes = 0;
  }

  #endCell(): void {
    const text = storedText(this.#cellText());
    // Blank ones count, too: they were read.
    this.#spend(text.length);
    if (text.trim() === '') return;
    this.#spend(Math.max(0, this.#column - this.#cells.length) * EMPTY_BYTES);
    while (this.#cells.length < this.#column) this.#cells.push('');
    this.#cells[this.#column] = text;
  }

  #spend(bytes: number): void {
    this.#rowBytes += bytes;
    if (this.#rowBytes > RECORD_BYTES) throw rowTooLong(this.#line);
    this.#context.allowance.spend(bytes);
  }

  /** By the type of the cell (18.18.11); of a formula, its result as it was when the workbook was saved. */
  #cellText(): string {
    const { texts, formats, from1904 } = this.#context;
    switch (this.#type) {
      case 's':
        return this.#text === '' ? '' : texts.at(Number(this.#text));
      case 'b':
        return this.#text === '' ? '' : this.#text === '0' ? 'FALSE' : 'TRUE';
      case 'n':
        return numberText(this.#text, formats[this.#style] ?? 'plain', from1904);
      default:
        return textOf(this.#text);
    }
  }
}

/** The column of a cell's address, from 0: 27 for AB7. */
function columnOf(address: string): number {
  const letters = /^[A-Z]{1,3}(?=\d)/.exec(address)?.[0];
  if (letters === undefined) throw brokenWorkbook();
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
