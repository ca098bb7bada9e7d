import type { CsvBatch } from '../csv/read-products.ts';
import { type CsvIssue, LISTED_ISSUES, Problem } from '../domain/problem.ts';
import { FirstSeen } from './first-seen.ts';
import type { NewProduct, Upload } from './ports.ts';

/** Numbers the images of an upload, recognises repeated links, counts what is wrong. */
export class UploadTally {
  productsTotal = 0;
  imagesTotal = 0;
  warnings: CsvIssue[] = [];
  warningCount = 0;
  errors: CsvIssue[] = [];
  errorCount = 0;
  readonly #seen = new FirstSeen();

  add({ products, rejected, warnings, notices = [] }: CsvBatch): NewProduct[] {
    this.#list(this.warnings, warnings);
    // Those of single rows, which may be thousands, would keep them off the list.
    this.warnings = [...notices, ...this.warnings].slice(0, LISTED_ISSUES);
    this.warningCount += warnings.length + notices.length;
    this.#list(
      this.errors,
      rejected.map(({ issue }) => issue),
    );
    this.errorCount += rejected.length;
    this.productsTotal += products.filter(({ urls }) => urls.length > 0).length;
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

  get differentImages(): number {
    return this.#seen.size;
  }

  totals(): Pick<Upload, 'productsTotal' | 'imagesTotal' | 'warnings' | 'warningCount'> {
    const { productsTotal, imagesTotal, warnings, warningCount } = this;
    return { productsTotal, imagesTotal, warnings, warningCount };
  }

  refusal(): Problem {
    const rows = this.errorCount === 1 ? '1 row cannot' : `${this.errorCount} rows cannot`;
    return new Problem(
      'csv_invalid',
      `${rows} be used. Correct the CSV, or send the field on_error=skip to leave such rows out.`,
      { issues: this.errors, issueCount: this.errorCount },
    );
  }

  #list(list: CsvIssue[], more: CsvIssue[]): void {
    if (list.length < LISTED_ISSUES) list.push(...more.slice(0, LISTED_ISSUES - list.length));
  }
}
