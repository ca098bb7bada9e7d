import type { Allowance } from '../inflate.ts';
import { readXml } from '../read-xml.ts';
import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import type { RowsCell, TableRow } from '../rows-file.ts';
import { type CellLinks, FORMULA_CHARACTERS, formulaLink, isPictureFormula, isWebLink } from './cell-links.ts';
import { COLUMNS, columnOf, placeOf, ROWS } from './cell-place.ts';
import { type NumberFormat, numberText, storedText, textOf } from './cell-text.ts';
import { brokenWorkbook, WORKBOOK_XML } from './not-workbook.ts';
import { PICTURE_TEXT } from './read-pictures.ts';
import type { SharedTexts } from './shared-texts.ts';

/** What the cells of a sheet refer to. */
export interface SheetContext {
  texts: Pick<SharedTexts, 'at'>;
  formats: NumberFormat[];
  from1904: boolean;
  links: Pick<CellLinks, 'at'>;
  /** Places of the cells over which a picture lies. */
  pictures: ReadonlySet<number>;
  /** For the rows: a cell far to the right, or one that refers to a long text, takes few bytes in the workbook. */
  allowance: Allowance;
}

/** About what an empty cell before a filled one costs. */
const EMPTY_BYTES = 4;
/** Rows are handed on once they hold as much. */
const BATCH_BYTES = 65_536;

/** Reads the rows of a sheet, many at a time. @throws Problem `not_csv`, `row_too_long` */
export async function* readSheet(
  bytes: AsyncIterable<Uint8Array>,
  context: SheetContext,
): AsyncGenerator<TableRow[], void, undefined> {
  const reader = new RowReader(context);
  for await (const _ of readXml(bytes, reader, WORKBOOK_XML)) {
    if (reader.bytes >= BATCH_BYTES) yield reader.take();
  }
  yield reader.take();
}

/** Collects rows from the tags of a sheet: `row` holds `c`, which holds `f` and `v`, or `is` with `t` (18.3.1.4, 18.3.1.73). */
class RowReader {
  /** Of the rows that were not taken yet. */
  bytes = 0;
  readonly #context: SheetContext;
  #rows: TableRow[] = [];
  #line = 0;
  #cells: RowsCell[] = [];
  #rowBytes = 0;
  /** Cells of the widest row so far. */
  #width = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #rich = false;
  /** What `v` holds, what `is` holds (undefined where there is none), and the formula. */
  #value = '';
  #inline: string | undefined;
  #formula = '';
  #reads: 'v' | 't' | 'f' | undefined;
  #spoken = false;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  take(): TableRow[] {
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
        this.#beginCell(attributes);
        break;
      case 'is':
        this.#inline ??= '';
        break;
      case 'rPh':
        this.#spoken = true;
        break;
      case 'v':
      case 'f':
        this.#reads = name;
        break;
      case 't':
        this.#reads = this.#spoken ? undefined : 't';
        break;
    }
  }

  text(piece: string): void {
    switch (this.#reads) {
      case 'v':
        this.#value += piece;
        break;
      case 't':
        this.#inline = (this.#inline ?? '') + piece;
        break;
      case 'f':
        if (this.#formula.length < FORMULA_CHARACTERS) this.#formula += piece;
        break;
    }
    if (this.#value.length + (this.#inline?.length ?? 0) > RECORD_BYTES) throw rowTooLong(this.#line);
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
      case 'f':
        this.#reads = undefined;
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

  #beginCell({ r, t = 'n', s = '0', vm }: Record<string, string>): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r);
    if (!(this.#column < COLUMNS)) throw brokenWorkbook();
    this.#type = t;
    this.#style = Number(s);
    this.#rich = vm !== undefined;
    this.#value = '';
    this.#inline = undefined;
    this.#formula = '';
  }

  #endRow(): void {
    this.#addPictures();
    this.#width = Math.max(this.#width, this.#cells.length);
    if (this.#cells.length > 0) this.#rows.push({ line: this.#line, cells: this.#cells });
    this.bytes += this.#rowBytes;
    // A row around this one, which no workbook has, would be the same one again.
    this.#cells = [];
    this.#rowBytes = 0;
  }

  /** A picture that lies over an empty cell of the table stands for a link, where its row has no other. */
  #addPictures(): void {
    const { pictures } = this.#context;
    if (pictures.size === 0 || this.#cells.length === 0) return;
    if (this.#cells.some((cell) => typeof cell !== 'string' || isWebLink(cell))) return;
    for (let column = 0; column < this.#width; column++) {
      if ((this.#cells[column] ?? '') === '' && pictures.has(placeOf(this.#line, column))) {
        this.#put(column, PICTURE_TEXT);
      }
    }
  }

  #endCell(): void {
    const formula = this.#formula === '' ? undefined : formulaLink(this.#formula);
    const text = storedText(formula?.shows ? formula.link : this.#holdsPicture() ? PICTURE_TEXT : this.#cellText());
    const link = formula?.link ?? this.#context.links.at(this.#line, this.#column);
    // Blank ones count, too: they were read.
    this.#spend(text.length);
    if (text.trim() === '') return;
    const hidden = link === undefined || isWebLink(text.trim()) ? undefined : storedText(link);
    this.#spend(hidden?.length ?? 0);
    this.#put(this.#column, hidden === undefined ? text : [text, hidden]);
  }

  #put(column: number, cell: RowsCell): void {
    this.#spend(Math.max(0, column - this.#cells.length) * EMPTY_BYTES);
    while (this.#cells.length < column) this.#cells.push('');
    this.#cells[column] = cell;
  }

  /** A picture within the cell is a rich value, for which older programs show an error; WPS has a function for it. */
  #holdsPicture(): boolean {
    return (this.#rich && this.#type === 'e' && this.#value === '#VALUE!') || isPictureFormula(this.#formula);
  }

  #spend(bytes: number): void {
    this.#rowBytes += bytes;
    if (this.#rowBytes > RECORD_BYTES) throw rowTooLong(this.#line);
    this.#context.allowance.spend(bytes);
  }

  /** By the type of the cell (18.18.11); of a formula, its result as it was when the workbook was saved. */
  #cellText(): string {
    const { texts, formats, from1904 } = this.#context;
    const value = this.#value;
    switch (this.#type) {
      case 's':
        return value === '' ? '' : texts.at(Number(value));
      case 'b':
        return value === '' ? '' : value === '0' ? 'FALSE' : 'TRUE';
      case 'inlineStr':
        // Some writers put a value beside the text, which Excel does not show.
        return textOf(this.#inline ?? value);
      case 'n':
        if (value === '' && this.#inline !== undefined) return textOf(this.#inline);
        return numberText(value, formats[this.#style] ?? 'plain', from1904);
      default:
        return textOf(value === '' ? (this.#inline ?? '') : value);
    }
  }
}
