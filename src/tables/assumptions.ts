import { imageUrl } from '../domain/image.ts';
import type { CsvIssue } from '../domain/problem.ts';
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
    const notice = (code: string, message: string): CsvIssue => ({ line: 1, column: null, code, message });
    return [
      serialColumn === null
        ? notice(
            'rows_are_numbered',
            'The file has no column of serial numbers, so its rows are numbered from 1. To use numbers of your own, add a column "S. No.".',
          )
        : [],
      nameColumn === null
        ? notice(
            'names_are_assumed',
            `The file has no column of product names, so ${this.#nameSource()} stands for the name. To use names of your own, add a column "Product Name".`,
          )
        : [],
      ...[serialColumn, nameColumn, outputColumn].map((column) => this.#repeated(column)),
    ].flat();
  }

  /** Which of two columns is meant is a guess. */
  #repeated(column: number | null): CsvIssue[] {
    const { header } = this.#layout;
    const other = column === null ? undefined : repeatedColumn(header, column);
    if (column === null || other === undefined) return [];
    const name = columnName(header, column);
    const message = `The column "${name}" is there twice (columns ${column + 1} and ${other + 1}), and the first one was taken. Rename or remove the one that is not meant.`;
    return [{ line: 1, column: name, code: 'duplicate_columns', message }];
  }

  /** For the cells that were empty; complete once all rows were read. */
  ofCells(): CsvIssue[] {
    const { header, serialColumn, nameColumn } = this.#layout;
    const notice = (
      column: number | null,
      { count, first }: EmptyCells,
      code: string,
      what: string,
      source: string,
    ) => {
      if (column === null || count === 0) return [];
      const rows = count === 1 ? `1 row (line ${first}) has` : `${count} rows (the first on line ${first}) have`;
      const message = `${rows} no ${what}, so ${source} stands for it. To use your own, fill in the empty cells.`;
      return { line: first, column: header[column]?.slice(0, 60) ?? null, code, message };
    };
    return [
      notice(serialColumn, this.#serials, 'missing_serial', 'serial number', 'the number of the row'),
      notice(nameColumn, this.#names, 'missing_name', 'product name', this.#nameSource()),
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
  const url = /^data:/i.test(link) ? undefined : imageUrl(link);
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
