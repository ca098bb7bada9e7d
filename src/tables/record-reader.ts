import { RECORD_BYTES } from './row-too-long.ts';
import { isBlankCode } from './written-cell.ts';

/** A row as it stands in a text. */
export interface TextRecord {
  /** On which it begins, from 1. */
  line: number;
  /** As written, quotes included. */
  cells: string[];
  /** Where it begins in the text as a whole, and where its line end is over. */
  start: number;
  end: number;
}

/** Why a text cannot be read on. */
export class RecordError extends Error {
  readonly code: 'unclosed_quote' | 'row_too_long';
  readonly line: number;
  /** Index of the cell. */
  readonly column: number;

  constructor(code: RecordError['code'], line: number, column: number) {
    super(`${code} on line ${line}`);
    this.code = code;
    this.line = line;
    this.column = column;
  }
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
/** The end of a cell is not in the text yet. */
const UNKNOWN = -1;
/** The quote that opens a cell is a part of its text. */
const LITERAL = -2;

/**
 * Cuts a text into rows and cells (RFC 4180), and keeps every cell as it is written. Beyond the standard it takes
 * spaces around quotes, quotes inside cells, and LF, CRLF and CR as line ends side by side. In a table whose delimiter
 * is the tab, a quote is a letter unless it encloses the whole cell: most programs that write one know no quotes.
 * Takes time in proportion to the text: whatever is looked for is found once.
 */
export class RecordReader {
  readonly #delimiter: string;
  readonly #tabs: boolean;
  #text = '';
  /** Of `#text`, in the text as a whole. */
  #offset: number;
  #line: number;
  #at = 0;
  /** Length of the text for which a row was not complete. */
  #tried = 0;
  #final = false;
  /** The next of each from `#from` on; the length of the text where there is none. */
  #nextLf = -1;
  #nextCr = -1;
  #nextDelimiter = -1;
  /** Lines on which a quote was taken for a letter though it opened a cell. */
  readonly strayQuotes: number[] = [];
  strayQuoteCount = 0;

  /** @param start what the text given first begins with: its place and its line in the whole */
  constructor(delimiter: string, start = { offset: 0, line: 1 }) {
    this.#delimiter = delimiter;
    this.#tabs = delimiter === '\t';
    this.#offset = start.offset;
    this.#line = start.line;
  }

  /**
   * The rows that are complete with this text; blank lines are passed over.
   * @param final whether the text ends here
   * @param most rows that are wanted
   * @throws RecordError
   */
  read(text: string, final: boolean, most = Number.POSITIVE_INFINITY): TextRecord[] {
    this.#text = this.#text.slice(this.#at) + text;
    this.#offset += this.#at;
    this.#at = 0;
    this.#final = final;
    // A long row is looked at again only when there is twice as much of it: its length squared would be too much.
    if (!final && this.#text.length < 2 * this.#tried && this.#text.length <= 2 * RECORD_BYTES) return [];
    this.#nextLf = this.#nextCr = this.#nextDelimiter = -1;
    const records: TextRecord[] = [];
    while (records.length < most) {
      const record = this.#record();
      if (!record) break;
      records.push(record);
    }
    this.#tried = this.#text.length - this.#at;
    if (records.length < most && this.#tried > RECORD_BYTES) throw this.#tooLong(this.#at, 0);
    return records;
  }

  #record(): TextRecord | undefined {
    this.#passBlankLines();
    const text = this.#text;
    if (this.#at >= text.length) return undefined;
    const begin = this.#at;
    const cells: string[] = [];
    let at = begin;
    let breaks = 0;
    for (;;) {
      const end = this.#cellEnd(at, cells.length);
      if (end === UNKNOWN || end - begin > RECORD_BYTES) {
        if (end !== UNKNOWN || text.length - begin > RECORD_BYTES) throw this.#tooLong(at, cells.length);
        return undefined;
      }
      const cell = text.slice(at, end);
      if (this.#quotedCell) breaks += lineBreaksIn(cell);
      cells.push(cell);
      if (end < text.length && text[end] === this.#delimiter) {
        at = end + 1;
        continue;
      }
      const ended = this.#lineEnd(end);
      if (ended === UNKNOWN) return undefined;
      const record = { line: this.#line, cells, start: this.#offset + begin, end: this.#offset + ended };
      this.#line += breaks + 1;
      this.#at = ended;
      return record;
    }
  }

  #passBlankLines(): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== LF && code !== CR) return;
      const ended = this.#lineEnd(this.#at);
      if (ended === UNKNOWN) return;
      this.#at = ended;
      this.#line++;
    }
  }

  /** Where the line is over whose last character stands before `end`. */
  #lineEnd(end: number): number {
    const text = this.#text;
    if (end >= text.length) return this.#final ? end : UNKNOWN;
    if (text.charCodeAt(end) === LF) return end + 1;
    if (end + 1 >= text.length && !this.#final) return UNKNOWN;
    return text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
  }

  /** Whether the latest cell was in quotes. */
  #quotedCell = false;

  #cellEnd(start: number, column: number): number {
    const text = this.#text;
    let at = start;
    while (isBlankCode(text.charCodeAt(at)) && text[at] !== this.#delimiter) at++;
    this.#quotedCell = text.charCodeAt(at) === QUOTE;
    if (this.#quotedCell) {
      const end = this.#quotedEnd(at, column);
      if (end !== LITERAL) return end;
      this.#quotedCell = false;
    }
    return this.#plainEnd(start);
  }

  #plainEnd(start: number): number {
    const end = Math.min(this.#nextBreak(start), this.#delimiterFrom(start));
    return end < this.#text.length || this.#final ? end : UNKNOWN;
  }

  #nextBreak(from: number): number {
    if (this.#nextLf < from) this.#nextLf = indexOr(this.#text, '\n', from);
    if (this.#nextCr < from) this.#nextCr = indexOr(this.#text, '\r', from);
    return Math.min(this.#nextLf, this.#nextCr);
  }

  #delimiterFrom(from: number): number {
    if (this.#nextDelimiter < from) this.#nextDelimiter = indexOr(this.#text, this.#delimiter, from);
    return this.#nextDelimiter;
  }

  /** Where the cell ends that the quote at `open` opens. */
  #quotedEnd(open: number, column: number): number {
    const text = this.#text;
    const lineEnds = this.#nextBreak(open);
    for (let at = open + 1; ; ) {
      const quote = text.indexOf('"', at);
      if (this.#tabs && this.#swallowsTabs(open, quote === -1 ? text.length : quote, lineEnds)) return this.#stray();
      if (quote === -1 || (quote + 1 >= text.length && !this.#final)) {
        if (!this.#final) return UNKNOWN;
        if (this.#tabs) return this.#stray();
        throw new RecordError('unclosed_quote', this.#line, column);
      }
      if (text.charCodeAt(quote + 1) === QUOTE) {
        at = quote + 2;
        continue;
      }
      const end = this.#afterQuote(quote);
      if (end !== undefined) return end;
      // A quote of the text itself, as in "12" frame": the cell ends at a later one.
      const closing = this.#laterQuoteEnd(quote + 1, quote > lineEnds ? text.length : lineEnds);
      if (closing !== LITERAL || quote < lineEnds) return closing;
      if (this.#tabs) return this.#stray();
      throw new RecordError('unclosed_quote', this.#line, column);
    }
  }

  /** @returns the end of the cell where this quote closes it */
  #afterQuote(quote: number): number | undefined {
    const text = this.#text;
    let after = quote + 1;
    while (isBlankCode(text.charCodeAt(after)) && text[after] !== this.#delimiter) after++;
    if (after >= text.length) return this.#final ? after : UNKNOWN;
    const code = text.charCodeAt(after);
    return code === LF || code === CR || text[after] === this.#delimiter ? after : undefined;
  }

  /**
   * The end of a cell that has quotes of its own: one that stands before a delimiter or a line end closes it.
   * @param to where it has to be closed
   * @returns LITERAL where another cell opens before that, so that the first quote was one of the text, too
   */
  #laterQuoteEnd(from: number, to: number): number {
    const text = this.#text;
    for (let at = from; ; ) {
      const quote = text.indexOf('"', at);
      if (quote === -1 || quote >= to) return to < text.length || this.#final ? LITERAL : UNKNOWN;
      let before = quote - 1;
      while (isBlankCode(text.charCodeAt(before)) && text[before] !== this.#delimiter) before--;
      const code = text.charCodeAt(before);
      if (text[before] === this.#delimiter || code === LF || code === CR) return LITERAL;
      const doubled = text.charCodeAt(quote + 1) === QUOTE;
      const end = doubled ? undefined : this.#afterQuote(quote);
      if (end !== undefined) return end;
      at = quote + (doubled ? 2 : 1);
    }
  }

  /** Whether a cell would hold both a tab and a line end, which no program writes that knows quotes. */
  #swallowsTabs(open: number, to: number, lineEnds: number): boolean {
    if (lineEnds >= to) return false;
    const tab = this.#delimiterFrom(open);
    return tab < to;
  }

  #stray(): typeof LITERAL {
    if (this.strayQuotes.length < 10) this.strayQuotes.push(this.#line);
    this.strayQuoteCount++;
    return LITERAL;
  }

  /** A row over the limit that goes on for lines is a quote that was not closed. */
  #tooLong(cell: number, column: number): RecordError {
    const quoted = cellOpensQuote(this.#text, cell);
    const lines = quoted && /[\r\n]/.test(this.#text.slice(cell, cell + RECORD_BYTES));
    return new RecordError(lines ? 'unclosed_quote' : 'row_too_long', this.#line, column);
  }
}

function indexOr(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at === -1 ? text.length : at;
}

function cellOpensQuote(text: string, cell: number): boolean {
  let at = cell;
  while (isBlankCode(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === QUOTE;
}

/** Counted without making a list of them: a cell may hold half a million. */
function lineBreaksIn(text: string): number {
  let breaks = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) breaks++;
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) if (text[at + 1] !== '\n') breaks++;
  return breaks;
}
