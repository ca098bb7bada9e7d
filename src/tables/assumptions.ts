import { type CsvIssue, csvIssue } from '../domain/csv-issue.ts';
import { imageUrl } from '../domain/image.ts';
import type { CsvLayout, Product } from '../domain/product.ts';
import { columnName } from './column-name.ts';
import { repeatedColumn } from './columns.ts';

/** Of a file name that stands for the name of a product. */
const NAME_CHARACTERS = 100;

type Named = Pick<Product, 'serial' | 'name'>;

/**
 * What stands for a serial number or a name that a table does not have, and the notices that say so: one for a column,
 * one for all empty cells of a column.
 */
export class Assumptions {
  readonly #layout: Pick<CsvLayout, 'header' | 'serialColumn' | 'nameColumn' | 'outputColumn'>;
  readonly #serials = new EmptyCells();
  readonly #names = new EmptyCells();

  constructor(layout: Pick<CsvLayout, 'header' | 'serialColumn' | 'nameColumn' | 'outputColumn'>) {
    this.#layout = layout;
  }

  /**
   * What a row is called.
   * @param own what the table says, '' where it says nothing
   * @param number of the row, from 1
   */
  named(own: Named, links: string[], { line, number }: { line: number; number: number }): Named {
    // A row without links, as exports of shops have them, is shown nowhere.
    if (links.length > 0 && own.serial === '') this.#serials.add(line);
    if (links.length > 0 && own.name === '') this.#names.add(line);
    const serial = own.serial || String(number);
    return { serial, name: own.name || own.serial || fileName(links[0] ?? '') || serial };
  }

  /** For the columns that are not there. */
  ofColumns(): CsvIssue[] {
    const { serialColumn, nameColumn, outputColumn } = this.#layout;
    return [
      serialColumn === null ? csvIssue('rows_are_numbered', {}) : [],
      nameColumn === null ? csvIssue('names_are_assumed', {}, { source: this.#nameSource() }) : [],
      ...[serialColumn, nameColumn, outputColumn].map((column) => this.#repeated(column)),
    ].flat();
  }

  /** Which of two columns is meant is a guess. */
  #repeated(column: number | null): CsvIssue[] {
    const { header } = this.#layout;
    const other = column === null ? undefined : repeatedColumn(header, column);
    if (column === null || other === undefined) return [];
    const name = columnName(header, column);
    const values = { name: name ?? '', first: column + 1, second: other + 1 };
    return [csvIssue('duplicate_columns', { column: name }, values)];
  }

  /** For the cells that were empty; complete once all rows were read. */
  ofCells(): CsvIssue[] {
    const { header, serialColumn, nameColumn } = this.#layout;
    const notice = (
      code: 'missing_serial' | 'missing_name',
      column: number | null,
      { count, first }: EmptyCells,
      source: string,
    ) => {
      if (column === null || count === 0) return [];
      return csvIssue(code, { line: first, column: header[column]?.slice(0, 60) ?? null }, { count, first, source });
    };
    return [
      notice('missing_serial', serialColumn, this.#serials, 'the number of the row'),
      notice('missing_name', nameColumn, this.#names, this.#nameSource()),
    ].flat();
  }

  #nameSource(): string {
    const file = 'the file name of the first link';
    return this.#layout.serialColumn === null ? file : `the serial number, or else ${file},`;
  }
}

class EmptyCells {
  count = 0;
  first = 0;

  add(line: number): void {
    if (this.count++ === 0) this.first = line;
  }
}

/** What the last part of a link's path is called, without its extension; '' where it has none. */
function fileName(link: string): string {
  const url = imageUrl(link);
  const path = decoded(url?.pathname ?? '').replace(/\p{Cc}/gu, ' ');
  const last = path.split('/').findLast((part) => part.trim() !== '') ?? '';
  const bare = last.trim().replace(/(?<=.)\.[a-z0-9]{1,5}$/i, '');
  // A character may be two of the string's units, and is not to be cut in two.
  return Array.from(bare).slice(0, NAME_CHARACTERS).join('');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A per cent sign that stands for itself.
    return path;
  }
}
