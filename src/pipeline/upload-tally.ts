import { type CsvIssue, LISTED_ISSUES, shownIssue } from '../domain/csv-issue.ts';
import type { Limits } from '../domain/limits.ts';
import { Problem } from '../domain/problem.ts';
import type { CsvBatch } from '../tables/read-products.ts';
import { FirstSeen } from './first-seen.ts';
import type { NewProduct, Upload } from './ports/store/records.ts';
import { StoreAllowance } from './store-allowance.ts';

interface UploadTallySettings {
  /** Of the form that the file came in. */
  warnings: CsvIssue[];
  /** Size of the table, unpacked. */
  tableBytes: number;
  storedPerByte: Limits['storedPerByte'];
  /** Whether rows that cannot be used are stored beside the others, instead of refusing them all. */
  skipBadRows: boolean;
  /** Whether the rows of a group are one product. */
  grouped?: boolean | undefined;
}

/** Numbers the images of an upload, recognises repeated links, counts what is wrong and what is stored. */
export class UploadTally {
  productsTotal = 0;
  imagesTotal = 0;
  warnings: CsvIssue[];
  warningCount: number;
  errors: CsvIssue[] = [];
  errorCount = 0;
  readonly #seen = new FirstSeen();
  readonly #allowance: StoreAllowance;
  readonly #skipBadRows: boolean;
  readonly #groups: FirstSeen | undefined;

  constructor({ warnings, tableBytes, storedPerByte, skipBadRows, grouped }: UploadTallySettings) {
    this.#groups = grouped ? new FirstSeen() : undefined;
    this.warnings = warnings.map(shownIssue);
    this.warningCount = warnings.length;
    this.#allowance = new StoreAllowance(tableBytes, storedPerByte);
    this.#skipBadRows = skipBadRows;
  }

  /** @throws Problem `too_much_to_store` */
  add(batch: CsvBatch): NewProduct[] {
    const { products, rejected, warnings, notices = [] } = batch;
    this.#list(this.warnings, warnings);
    // Those of single rows, which may be thousands, would keep them off the list.
    this.warnings = [...notices.map(shownIssue), ...this.warnings].slice(0, LISTED_ISSUES);
    this.warningCount += warnings.length + notices.length;
    this.#list(
      this.errors,
      rejected.map(({ issue }) => issue),
    );
    this.errorCount += rejected.length;
    if (this.isStored) this.#allowance.spend(batch);
    for (const { urls, group } of products) {
      if (urls.length > 0 && this.#isNew(group)) this.productsTotal++;
    }
    return products.map((product) => {
      const firstImage = this.imagesTotal;
      this.imagesTotal += product.urls.length;
      return {
        ...product,
        firstImage,
        sameAs: product.urls.map((url, index) => this.#seen.add(url, firstImage + index)),
      };
    });
  }

  /** A row without a group is a product of its own. */
  #isNew(group: string | undefined): boolean {
    return this.#groups === undefined || group === undefined || this.#groups.add(group, 0) === null;
  }

  /** False from the first bad row on, where such rows refuse the upload. */
  get isStored(): boolean {
    return this.#skipBadRows || this.errorCount === 0;
  }

  get differentImages(): number {
    return this.#seen.size;
  }

  totals(): Pick<Upload, 'productsTotal' | 'imagesTotal' | 'warnings' | 'warningCount'> {
    const { productsTotal, imagesTotal, warnings, warningCount } = this;
    return { productsTotal, imagesTotal, warnings, warningCount };
  }

  refusal(): Problem {
    const rows = this.errorCount === 1 ? '1 row cannot' : `${this.errorCount} rows cannot`;
    const advice =
      this.imagesTotal === 0
        ? 'No other row has an image, so there is nothing to do. Correct the CSV.'
        : 'Correct the CSV, or leave such rows out by on_error=skip (--on-error skip on the command line).';
    return new Problem('csv_invalid', `${rows} be used. ${advice}`, {
      issues: this.errors,
      issueCount: this.errorCount,
    });
  }

  #list(list: CsvIssue[], more: CsvIssue[]): void {
    for (const issue of more.slice(0, LISTED_ISSUES - list.length)) list.push(shownIssue(issue));
  }
}
