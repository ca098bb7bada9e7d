import { storedIssue } from '../domain/csv-issue.ts';
import { fileProblem } from '../domain/problem.ts';
import type { Product, RejectedRow } from '../domain/product.ts';
import type { CsvBatch } from '../tables/read-products.ts';

/** Whatever the size of its table, an upload may store this much: small tables never meet the limit. */
const FREE_BYTES = 1_000_000;

/** What the database keeps of a row beside its texts. Rows with images do not count it: images have a limit. */
const ROW_BYTES = 24;

/**
 * How much of a table may still be stored. A row can weigh far more in the database than in the file: what it takes from
 * the row above, and the reason why it is left out, are texts of their own.
 */
export class StoreAllowance {
  readonly #perByte: number;
  readonly #limit: number;
  #spent = 0;

  /** @param tableBytes size of the table, unpacked */
  constructor(tableBytes: number, perByte: number) {
    this.#perByte = perByte;
    this.#limit = FREE_BYTES + perByte * tableBytes;
  }

  /** @throws Problem `too_much_to_store` */
  spend({ products, rejected }: Pick<CsvBatch, 'products' | 'rejected'>): void {
    for (const product of products) this.#spend(product.line, productBytes(product));
    for (const row of rejected) this.#spend(row.line, rejectedBytes(row));
  }

  #spend(line: number, bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#limit) return;
    const values = { line, limit: this.#limit, perByte: this.#perByte, free: FREE_BYTES };
    throw fileProblem('too_much_to_store', { line }, values);
  }
}

function productBytes({ serial, name, nameRow, cells, urls }: Product): number {
  const own = bytesOf(serial) + (nameRow === undefined ? bytesOf(name) : 0) + jsonBytes(cells);
  return urls.length === 0 ? own + ROW_BYTES : urls.reduce((sum, url) => sum + bytesOf(url), own);
}

function rejectedBytes({ cells, issue }: RejectedRow): number {
  return jsonBytes(cells) + jsonBytes(storedIssue(issue)) + ROW_BYTES;
}

const bytesOf = (text: string) => Buffer.byteLength(text);
const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
