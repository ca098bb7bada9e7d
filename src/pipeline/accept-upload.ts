import { hash, randomBytes } from 'node:crypto';
import { type CsvBatch, readProducts } from '../csv/read-products.ts';
import { imageUrl } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { type CsvIssue, LISTED_ISSUES, Problem } from '../domain/problem.ts';
import type { CsvLayout, Product } from '../domain/product.ts';
import type { RequestStatus } from '../domain/request.ts';
import { readUploadFields, type UploadWishes } from '../domain/upload-fields.ts';
import { FirstSeen } from './first-seen.ts';
import type { NewProduct, RequestStore, Upload } from './ports.ts';

export interface UploadForm {
  /** Opens the uploaded bytes from the start; may be called more than once. */
  open(): AsyncIterable<Uint8Array>;
  fileName: string;
  /** Of the file's bytes, hexadecimal. */
  sha256: string;
  fields: ReadonlyMap<string, string>;
  /** `csv_file` is what the older client sends that halves the dimensions. */
  fileField: 'file' | 'csv_file';
  owner: string;
  idempotencyKey: string | null;
  /** What will stand before an image's key in its output URL. */
  linkBase: string;
}

export interface UploadAnswer {
  /** Null for a dry run. */
  requestId: string | null;
  status: RequestStatus | null;
  productsTotal: number;
  imagesTotal: number;
  warnings: CsvIssue[];
  warningCount: number;
  /** Rows left out (`on_error=skip`), or that would refuse the upload (dry run). */
  errors: CsvIssue[];
  errorCount: number;
  /** Only for a dry run. */
  report: UploadReport | null;
}

/** What a person wants to see before starting. */
export interface UploadReport {
  layout: CsvLayout;
  /** Different links. */
  differentImages: number;
  /** The hosts with the most images first, at most 100. */
  hosts: { host: string; images: number }[];
  hostsTotal: number;
  /** The first products as read. */
  preview: Pick<Product, 'line' | 'serial' | 'name' | 'urls'>[];
}

export interface AcceptTools {
  store: RequestStore;
  limits: Pick<Limits, 'imagesPerRequest' | 'urlsPerProduct' | 'urlLength'>;
  /** Why a webhook address can never be called, or undefined. */
  webhookProblem(url: string): string | undefined;
  /** Used where an upload names none. */
  defaultWebhookUrl: string | null;
  newId(): string;
  now(): number;
}

export type AcceptUpload = (form: UploadForm) => Promise<UploadAnswer>;

/**
 * From an uploaded CSV to a request that is durably stored with its products, images and jobs; all or nothing.
 * The same Idempotency-Key with the same bytes and fields gives the first upload's answer again.
 * @throws Problem for everything that is wrong with the form or the CSV
 */
export function acceptUpload(tools: AcceptTools): AcceptUpload {
  return async (form) => {
    const wishes = readUploadFields(form.fields, form.fileField === 'csv_file');
    wishes.webhookUrl ??= tools.defaultWebhookUrl;
    const problem = wishes.webhookUrl === null ? undefined : tools.webhookProblem(wishes.webhookUrl);
    if (problem) throw new Problem('invalid_webhook_url', problem);
    if (wishes.dryRun) return dryRun(form, wishes, tools);

    const digest = uploadDigest(form, wishes);
    const before = await sameUpload(form, digest, tools);
    return before ?? store(form, wishes, digest, tools);
  };
}

/** Two uploads are the same when their bytes and every wish are. */
function uploadDigest(form: UploadForm, wishes: UploadWishes): string {
  return hash('sha256', JSON.stringify([form.sha256, wishes]));
}

async function sameUpload(form: UploadForm, digest: string, tools: AcceptTools): Promise<UploadAnswer | undefined> {
  if (form.idempotencyKey === null) return undefined;
  const found = await tools.store.findUpload(form.owner, form.idempotencyKey);
  if (!found) return undefined;
  if (found.digest !== digest) throw new Problem('idempotency_conflict', 'Use a new key for a new upload.');
  const progress = await tools.store.progress(found.id, form.owner);
  return { ...answer(found.id, found.upload), status: progress?.status ?? 'Pending' };
}

async function store(
  form: UploadForm,
  wishes: UploadWishes,
  digest: string,
  tools: AcceptTools,
): Promise<UploadAnswer> {
  const { store, limits } = tools;
  const { layout, batches } = await readProducts(form.open, { delimiter: wishes.delimiter, limits });
  const id = tools.newId();
  const request = await store.beginRequest({
    id,
    owner: form.owner,
    fileName: form.fileName,
    options: wishes.options,
    webhookUrl: wishes.webhookUrl,
    linkBase: form.linkBase,
    secret: randomBytes(32),
    layout,
    createdAt: tools.now(),
  });
  try {
    const tally = new Tally();
    for await (const batch of batches) {
      const products = tally.add(batch);
      if (tally.errorCount > 0 && !wishes.skipBadRows) continue;
      await store.appendProducts(request, products);
      await store.appendRejected(request, batch.rejected);
    }
    if (tally.errorCount > 0 && !wishes.skipBadRows) throw tally.refusal();
    if (tally.imagesTotal === 0) throw tally.refusal();
    const upload: Upload = { idempotencyKey: form.idempotencyKey, digest, ...tally.totals() };
    await store.publishRequest(request, upload);
    return { ...answer(id, upload), errors: tally.errors, errorCount: tally.errorCount };
  } catch (error) {
    await store.discardRequest(request);
    // Another upload with the same key won the race: its answer is ours if it is the same upload.
    const lost = error instanceof Problem && error.code === 'idempotency_conflict';
    const winner = lost ? await sameUpload(form, digest, tools) : undefined;
    if (winner) return winner;
    throw error;
  }
}

async function dryRun(form: UploadForm, wishes: UploadWishes, tools: AcceptTools): Promise<UploadAnswer> {
  const { layout, batches } = await readProducts(form.open, { delimiter: wishes.delimiter, limits: tools.limits });
  const tally = new Tally();
  const hosts = new Map<string, number>();
  const preview: UploadReport['preview'] = [];
  for await (const batch of batches) {
    for (const { line, serial, name, urls } of tally.add(batch)) {
      if (preview.length < 10) preview.push({ line, serial, name, urls });
      for (const url of urls) {
        const host = imageUrl(url)?.host;
        if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
      }
    }
  }
  const report: UploadReport = {
    layout,
    differentImages: tally.differentImages,
    hosts: [...hosts]
      .map(([host, images]) => ({ host, images }))
      .sort((a, b) => b.images - a.images)
      .slice(0, 100),
    hostsTotal: hosts.size,
    preview,
  };
  const { errors, errorCount } = tally;
  return { ...answer(null, tally.totals()), status: null, errors, errorCount, report };
}

function answer(
  requestId: string | null,
  upload: Pick<Upload, 'productsTotal' | 'imagesTotal' | 'warnings' | 'warningCount'>,
): UploadAnswer {
  const { productsTotal, imagesTotal, warnings, warningCount } = upload;
  const counts = { productsTotal, imagesTotal, warnings, warningCount };
  return { requestId, status: 'Pending', ...counts, errors: [], errorCount: 0, report: null };
}

/** Numbers the images of an upload, recognises repeated links, counts what is wrong. */
class Tally {
  productsTotal = 0;
  imagesTotal = 0;
  warnings: CsvIssue[] = [];
  warningCount = 0;
  errors: CsvIssue[] = [];
  errorCount = 0;
  readonly #seen = new FirstSeen();

  add({ products, rejected, warnings }: CsvBatch): NewProduct[] {
    this.#list(this.warnings, warnings);
    this.warningCount += warnings.length;
    this.#list(
      this.errors,
      rejected.map(({ issue }) => issue),
    );
    this.errorCount += rejected.length;
    this.productsTotal += products.length;
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
