import type { Allowance } from '../inflate.ts';
import { attribute, readXml } from '../read-xml.ts';
import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import type { RowsCell, TableRow } from '../rows-file.ts';
import { formulaLink, isWebLink } from '../workbook/cell-links.ts';
import { COLUMNS, ROWS } from '../workbook/cell-place.ts';
import { storedText } from '../workbook/cell-text.ts';
import { brokenWorkbook, WORKBOOK_XML } from '../workbook/not-workbook.ts';
import { PICTURE_TEXT } from '../workbook/read-pictures.ts';
import { OdsText } from './ods-text.ts';

/** A sheet that begins in the document. */
export interface OdsSheet {
  name: string;
  hidden: boolean;
}

export interface OdsReading {
  /** @returns whether its rows are wanted */
  sheet(sheet: OdsSheet): boolean;
  /** @returns whether more of its rows are wanted */
  row(row: TableRow): boolean;
  /** For the rows: a row that is repeated a million times takes few bytes. */
  allowance: Allowance;
}

/** About what an empty cell before a filled one costs. */
const EMPTY_BYTES = 4;

/**
 * Reads the sheets of an OpenDocument spreadsheet, in one go, since they stand in one part (OpenDocument 1.3 part 3, 9.1).
 * @param content the part `content.xml`
 * @returns pauses, in which the caller takes away what it was given
 * @throws Problem `not_csv`, `row_too_long`, `csv_too_large`
 */
export function readOds(
  content: AsyncIterable<Uint8Array>,
  reading: OdsReading,
): AsyncGenerator<void, void, undefined> {
  return readXml(content, new OdsReader(reading), WORKBOOK_XML);
}

class OdsReader {
  readonly #reading: OdsReading;
  readonly #hiddenStyles = new Set<string>();
  #style = '';
  #wanted = false;
  /** Tables within a cell or a drawing are no sheets. */
  #tables = 0;
  #line = 0;
  #repeatedRows = 1;
  #cells: RowsCell[] = [];
  #column = 0;
  #rowBytes = 0;
  #cell: Record<string, string> | undefined;
  #text = new OdsText();

  constructor(reading: OdsReading) {
    this.#reading = reading;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.#cell) {
      this.#text.open(name, attributes);
      return;
    }
    switch (name) {
      case 'style':
        this.#style = attribute(attributes, 'name') ?? '';
        break;
      case 'table-properties':
        if (attribute(attributes, 'display') === 'false') this.#hiddenStyles.add(this.#style);
        break;
      case 'table':
        if (this.#tables++ === 0) this.#beginSheet(attributes);
        break;
      case 'table-row':
        this.#repeatedRows = repeated(attribute(attributes, 'number-rows-repeated'));
        this.#cells = [];
        this.#column = 0;
        this.#rowBytes = 0;
        break;
      case 'table-cell':
      case 'covered-table-cell':
        this.#cell = attributes;
        this.#text = new OdsText();
        break;
    }
  }

  text(piece: string): void {
    if (!this.#cell || !this.#wanted) return;
    this.#text.text(piece);
    if (this.#text.length > RECORD_BYTES) throw rowTooLong(this.#line + 1);
  }

  close(name: string): void {
    if (this.#cell) {
      if (this.#text.close(name)) return;
      if (name === 'table-cell' || name === 'covered-table-cell') this.#endCell(this.#cell);
    } else if (name === 'table-row') this.#endRow();
    else if (name === 'table') this.#tables--;
  }

  #beginSheet(attributes: Record<string, string>): void {
    this.#line = 0;
    const style = attribute(attributes, 'style-name');
    const hidden = style !== undefined && this.#hiddenStyles.has(style);
    this.#wanted = this.#reading.sheet({ name: storedText(attribute(attributes, 'name') ?? '').slice(0, 60), hidden });
  }

  #endCell(attributes: Record<string, string>): void {
    this.#cell = undefined;
    if (!this.#wanted) return;
    const times = repeated(attribute(attributes, 'number-columns-repeated'));
    const cell = this.#cellOf(attributes);
    const [text, link = ''] = typeof cell === 'string' ? [cell] : cell;
    if (text.trim() === '') {
      this.#column += times;
      return;
    }
    if (this.#column + times > COLUMNS) throw brokenWorkbook();
    for (let time = 0; time < times; time++) {
      this.#rowBytes += text.length + link.length + EMPTY_BYTES * (1 + this.#column - this.#cells.length);
      if (this.#rowBytes > RECORD_BYTES) throw rowTooLong(this.#line + 1);
      while (this.#cells.length < this.#column) this.#cells.push('');
      this.#cells.push(cell);
      this.#column++;
    }
  }

  #endRow(): void {
    const first = this.#line + 1;
    this.#line += this.#repeatedRows;
    if (!this.#wanted || this.#cells.length === 0) return;
    if (this.#line > ROWS) throw brokenWorkbook();
    for (let line = first; line <= this.#line && this.#wanted; line++) {
      this.#reading.allowance.spend(this.#rowBytes);
      this.#wanted = this.#reading.row({ line, cells: this.#cells });
    }
  }

  /** By the type of the cell (19.385); a number as it is, not as a country writes it. */
  #cellOf(attributes: Record<string, string>): RowsCell {
    const shown = storedText(this.#text.whole);
    const value = attribute(attributes, 'value');
    switch (attribute(attributes, 'value-type')) {
      case 'float':
      case 'percentage':
      case 'currency':
        // Leading zeros are a format: of article numbers, postcodes.
        return value === undefined || (/^0\d+$/.test(shown) && Number(shown) === Number(value)) ? shown : value;
      case 'date':
        return (attribute(attributes, 'date-value') ?? shown).replace(/T00:00:00(?:\.0+)?$/, '');
      case 'boolean':
        return (attribute(attributes, 'boolean-value') ?? shown).toUpperCase();
    }
    const formula = formulaLink(attribute(attributes, 'formula') ?? '');
    if (formula?.shows) return formula.link;
    if (shown.trim() === '') return this.#text.holdsPicture ? PICTURE_TEXT : '';
    const link = formula?.link ?? this.#text.link;
    return link === undefined || !isWebLink(link) || isWebLink(shown.trim()) ? shown : [shown, storedText(link)];
  }
}

function repeated(written: string | undefined): number {
  if (written === undefined) return 1;
  const times = Number(written);
  if (!Number.isInteger(times) || times < 1) throw brokenWorkbook();
  return times;
}
