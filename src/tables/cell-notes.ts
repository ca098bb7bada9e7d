import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import { pictureUrl } from '../domain/image.ts';
import type { CsvLayout } from '../domain/product.ts';
import { columnName } from './column-name.ts';
import { shownName } from './columns.ts';
import type { FoundLink } from './links/find-links.ts';
import { isPictureLink } from './links/picture-link.ts';

/** Letters of a link in a sentence. */
const SHOWN = 100;

/** Cells of a column of which one thing is to be said. */
interface Tally {
  count: number;
  /** Of the first one. */
  line: number;
  text: string;
}

/** What is to be said of the links in the cells: one by one of those that were repaired, once a column of all others. */
export class CellNotes {
  readonly #layout: Pick<CsvLayout, 'header' | 'imageColumns'>;
  readonly #unusable = new Map<number, Tally>();
  readonly #unread = new Map<number, Tally>();
  /** Columns that are not read, and may hold links. */
  readonly #others: number[];
  /** Links by column. */
  readonly links: number[];
  #repaired: CsvIssue[] = [];

  constructor(layout: Pick<CsvLayout, 'header' | 'imageColumns' | 'outputColumn'>) {
    const { header, imageColumns, outputColumn } = layout;
    this.#layout = layout;
    this.links = header.map(() => 0);
    this.#others = header.flatMap((_name, column) =>
      column === outputColumn || imageColumns.includes(column) ? [] : [column],
    );
  }

  /** @param cell in which the link was found */
  link(column: number, line: number, { link, repaired, start, end }: FoundLink, cell: string): void {
    this.links[column] = (this.links[column] ?? 0) + 1;
    if (!pictureUrl(link)) {
      count(this.#unusable, column, line, link);
      return;
    }
    if (!repaired) return;
    const written = cell.slice(start, end);
    const place = { line, column: columnName(this.#layout.header, column) };
    const values = { written: written === link ? null : shown(written), link: shown(link) };
    this.#repaired.push(csvIssue('link_repaired', place, values));
  }

  /** Looks for links to pictures in the columns that are not read. */
  row(cells: string[], line: number): void {
    for (const column of this.#others) {
      if (column >= cells.length) return;
      const cell = cells[column] ?? '';
      // Nearly all cells are told by their first letter.
      const code = cell.charCodeAt(0);
      if (code !== 0x68 && code !== 0x48 && code !== 0x22 && code !== 0x2f && code !== 0x77) continue;
      const value = code === 0x22 ? cell.slice(1, 2_048) : cell;
      if (!/^(?:https?:)?\/\/|^www\./i.test(value)) continue;
      this.links[column] = (this.links[column] ?? 0) + 1;
      if (isPictureLink(value)) count(this.#unread, column, line, value);
    }
  }

  /** The repaired links since the last call. */
  take(): CsvIssue[] {
    const repaired = this.#repaired;
    this.#repaired = [];
    return repaired;
  }

  /** What is to be said once all rows were read. */
  ofColumns(): CsvIssue[] {
    const { header } = this.#layout;
    const unusable = [...this.#unusable].map(([column, { line, count, text }]) =>
      csvIssue('invalid_url', { line, column: columnName(header, column) }, { link: shown(text), count, line }),
    );
    const unread = [...this.#unread].sort(([a], [b]) => a - b);
    const [first] = unread;
    if (!first) return unusable;
    const columns = unread
      .slice(0, 10)
      .map(([column, { count }]) => `"${shownName(header, column)}" (#${column + 1}, ${count})`);
    return [...unusable, csvIssue('columns_not_read', { line: first[1].line }, { columns, count: unread.length })];
  }
}

function count(tallies: Map<number, Tally>, column: number, line: number, text: string): void {
  const known = tallies.get(column);
  if (known) known.count++;
  // Copied: the text is cut out of a piece of the file, and would keep that in memory.
  else tallies.set(column, { count: 1, line, text: structuredClone(text.slice(0, SHOWN + 1)) });
}

function shown(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, ' ');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
}
