import { attribute } from '../read-xml.ts';
import { brokenWorkbook } from '../workbook/not-workbook.ts';

/** Spaces that an element may stand for. */
const MOST_SPACES = 10_000;

/** What a cell of an OpenDocument spreadsheet shows: paragraphs with links, spaces and line breaks (part 3, chapter 5 and 6). */
export class OdsText {
  /** Of the first link in the text. */
  link: string | undefined;
  holdsPicture = false;
  whole = '';
  #paragraphs = 0;
  /** Elements within the cell that are open. */
  #levels = 0;
  /** Level of a note or a drawing, whose text belongs to no cell; 0: none. */
  #aside = 0;
  /** Level of the paragraph that is open; 0: none. */
  #paragraph = 0;

  get length(): number {
    return this.whole.length;
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#levels++;
    if (name === 'image' && this.#aside > 0) this.holdsPicture = true;
    if (this.#aside > 0) return;
    switch (name) {
      case 'annotation':
      case 'frame':
      case 'custom-shape':
        this.#aside = this.#levels;
        break;
      case 'p':
      case 'h':
        if (this.#paragraph > 0) break;
        this.#paragraph = this.#levels;
        if (this.#paragraphs++ > 0) this.whole += '\n';
        break;
      case 's':
        this.whole += ' '.repeat(spaces(attribute(attributes, 'c')));
        break;
      case 'tab':
        this.whole += '\t';
        break;
      case 'line-break':
        this.whole += '\n';
        break;
      case 'a':
        this.link ??= attribute(attributes, 'href');
        break;
    }
  }

  text(piece: string): void {
    // White space between elements is none, and runs of it within a paragraph are one space (6.1.2).
    if (this.#paragraph > 0 && this.#aside === 0) this.whole += piece.replace(/[ \t\r\n]+/g, ' ');
  }

  /** @returns false for the end of the cell itself */
  close(_name: string): boolean {
    if (this.#levels === 0) return false;
    if (this.#aside === this.#levels) this.#aside = 0;
    if (this.#paragraph === this.#levels) this.#paragraph = 0;
    this.#levels--;
    return true;
  }
}

function spaces(written = '1'): number {
  const count = Number(written);
  if (!Number.isInteger(count) || count < 0 || count > MOST_SPACES) throw brokenWorkbook();
  return count;
}
