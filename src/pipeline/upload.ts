import type { CsvIssue } from '../domain/csv-issue.ts';
import type { CsvLayout, Product } from '../domain/product.ts';
import type { RequestStatus } from '../domain/request.ts';
import type { SentOptions } from '../domain/upload-options.ts';
import type { ReadSettings, ReadTable } from '../tables/read-products.ts';
import type { Upload } from './ports/store/records.ts';
import type { TableReport } from './table-report.ts';

export interface UploadForm {
  /** Reads what was uploaded, unpacked, from the start; as `readProducts`. */
  read(settings: Omit<ReadSettings, 'format'>): Promise<ReadTable>;
  /** The size of what was uploaded, unpacked. */
  bytes: number;
  fileName: string;
  /** Of the file's bytes, hexadecimal. */
  sha256: string;
  fields: SentOptions;
  /** `csv_file` is what the older client sends that halves the dimensions. */
  fileField: 'file' | 'csv_file';
  owner: string;
  idempotencyKey: string | null;
  /** Base of the API's own addresses, without a slash at the end; null where there is no API. */
  publicUrl: string | null;
  /** What will stand before an image's key in its output URL. */
  linkBase: string;
}

export interface UploadAnswer {
  /** Null for a dry run. */
  requestId: string | null;
  status: RequestStatus | null;
  productsTotal: number;
  imagesTotal: number;
  /** Rows left out (`on_error=skip`); of a dry run, that would be. */
  rowsSkipped: number;
  warnings: CsvIssue[];
  warningCount: number;
  /** Rows left out (`on_error=skip`), or that would refuse the upload (dry run). */
  errors: CsvIssue[];
  errorCount: number;
  /** Only for a dry run. */
  report: UploadReport | null;
}

/** Accepts an upload, with all that it needs at hand; the composition root makes it. */
export type AcceptUpload = (form: UploadForm) => Promise<UploadAnswer>;

/** What a person wants to see before starting. */
export interface UploadReport {
  layout: CsvLayout;
  table: TableReport;
  /** Different links. */
  differentImages: number;
  /** The hosts with the most images first, at most 100. */
  hosts: { host: string; images: number }[];
  hostsTotal: number;
  /** The first products as read. */
  preview: Pick<Product, 'line' | 'serial' | 'name' | 'urls'>[];
}

/**
 * The answer to an upload that was accepted; with `requestId` null, to one that was only looked at.
 * @param rows that cannot be used, and were left out
 */
export function uploadAnswer(
  requestId: string | null,
  upload: Pick<Upload, 'productsTotal' | 'imagesTotal' | 'warnings' | 'warningCount'>,
  { errors, errorCount }: Pick<UploadAnswer, 'errors' | 'errorCount'>,
): UploadAnswer {
  const { productsTotal, imagesTotal, warnings, warningCount } = upload;
  const counts = { productsTotal, imagesTotal, rowsSkipped: errorCount, warnings, warningCount, errors, errorCount };
  return { requestId, status: 'Pending', ...counts, report: null };
}
