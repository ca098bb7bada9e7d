import { randomBytes } from 'node:crypto';
import { requestTag } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { refuseUnknownColumns } from '../domain/name-template.ts';
import type { UploadOptions } from '../domain/options.ts';
import { Problem } from '../domain/problem.ts';
import type { CsvLayout } from '../domain/product.ts';
import { hasQuotas, refuseOverQuota } from '../domain/quota.ts';
import { tableOptions } from '../domain/table-options.ts';
import { warnOfUnknownFields } from '../domain/unknown-fields.ts';
import { HALVED, readUploadOptions, requestOptions } from '../domain/upload-options.ts';
import type { ReadTable } from '../tables/read-products.ts';
import type { PipelineObserver } from './ports/pipeline-observer.ts';
import type { RequestQueries } from './ports/store/queries.ts';
import type { NewRequest, Upload } from './ports/store/records.ts';
import type { UploadStore } from './ports/store/uploads.ts';
import { previewUpload } from './preview-upload.ts';
import { quotaLeft } from './table-report.ts';
import { type UploadAnswer, type UploadForm, uploadAnswer } from './upload.ts';
import { uploadDigest } from './upload-digest.ts';
import { UploadTally } from './upload-tally.ts';

export interface AcceptContext {
  store: UploadStore & Pick<RequestQueries, 'progress'>;
  limits: Pick<
    Limits,
    | 'columns'
    | 'storedPerByte'
    | 'imageBytes'
    | 'imagesPerRequest'
    | 'urlsPerProduct'
    | 'urlLength'
    | 'imagesPerDay'
    | 'openRequests'
  >;
  /** Why a webhook address can never be called, or undefined. */
  webhookProblem(url: string): string | undefined;
  /** Used where an upload names none. */
  defaultWebhookUrl: string | null;
  /** Where the world finds the storage; null: at the form's `linkBase`. */
  storagePublicUrl: string | null;
  newId(): string;
  now(): number;
  observer: Pick<PipelineObserver, 'upload' | 'accepted'>;
}

/** An upload whose form has been read. */
interface ReadForm {
  form: UploadForm;
  options: UploadOptions;
  /** Null where nobody is to be told. */
  webhookUrl: string | null;
  /** Two uploads are the same when theirs are. */
  digest: string;
}

/** How an upload may fail because the same one got through at the same time. */
const LOST_RACE = new Set(['idempotency_conflict', 'quota_exceeded']);

/**
 * From an uploaded table to a request that is durably stored with its products, images and jobs; all or nothing.
 * The same Idempotency-Key with the same bytes and fields gives the first upload's answer again.
 * @throws Problem for everything that is wrong with the form or the table
 */
export async function acceptUpload(form: UploadForm, context: AcceptContext): Promise<UploadAnswer> {
  const observed = context.observer.upload();
  try {
    const answer = await accept(form, context);
    observed.ended(answer);
    return answer;
  } catch (error) {
    observed.failed(error);
    throw error;
  }
}

async function accept(form: UploadForm, context: AcceptContext): Promise<UploadAnswer> {
  const options = readUploadOptions(form.fields, form.fileField === 'csv_file' ? HALVED : {});
  const webhookUrl = options.webhook_url ?? context.defaultWebhookUrl;
  const problem = webhookUrl === null ? undefined : context.webhookProblem(webhookUrl);
  if (problem) throw new Problem('invalid_webhook_url', problem);
  if (options.dry_run) {
    const { limits, store } = context;
    const quota = hasQuotas(limits) ? quotaLeft(limits, await store.usage(form.owner)) : null;
    return previewUpload(form, options, limits, quota);
  }

  const upload = { form, options, webhookUrl, digest: uploadDigest(form.sha256, options, webhookUrl) };
  return (await acceptedBefore(upload, context)) ?? storeUpload(upload, context);
}

/** The answer that the same upload got under the same Idempotency-Key. @throws Problem `idempotency_conflict` for another one */
async function acceptedBefore({ form, digest }: ReadForm, { store }: AcceptContext): Promise<UploadAnswer | undefined> {
  if (form.idempotencyKey === null) return undefined;
  const found = await store.findUpload(form.owner, form.idempotencyKey);
  if (!found) return undefined;
  if (found.digest !== digest) throw new Problem('idempotency_conflict', 'Use a new key for a new upload.');
  const progress = await store.progress(found.id, form.owner);
  return { ...uploadAnswer(found.id, found.upload, found), status: progress?.status ?? 'Pending' };
}

async function storeUpload(upload: ReadForm, context: AcceptContext): Promise<UploadAnswer> {
  const { form, options } = upload;
  const { store, limits } = context;
  const table = await form.read({ table: tableOptions(options), limits });
  refuseUnknownColumns(options.name, table.layout.header);
  const begun = newRequest(upload, table.layout, context);
  const request = await store.beginRequest(begun);
  try {
    // Whoever has nothing left need not be read; what counts is the check when the request is published.
    if (hasQuotas(limits)) refuseOverQuota(limits, await store.usage(form.owner), undefined, context.now());
    const tally = await storeRows(request, table, upload, context);
    const stored: Upload = { idempotencyKey: form.idempotencyKey, digest: upload.digest, ...tally.totals() };
    await store.publishRequest(request, stored, limits);
    context.observer.accepted(stored);
    return uploadAnswer(begun.id, stored, tally);
  } catch (error) {
    await store.discardRequest(request);
    // Another upload with the same key won the race: its answer is ours if it is the same upload.
    const lost = error instanceof Problem && LOST_RACE.has(error.code);
    const winner = lost ? await acceptedBefore(upload, context) : undefined;
    if (winner) return winner;
    throw error;
  }
}

function newRequest({ form, options, webhookUrl }: ReadForm, layout: CsvLayout, context: AcceptContext): NewRequest {
  const secret = randomBytes(32);
  const elsewhere = context.storagePublicUrl;
  return {
    id: context.newId(),
    owner: form.owner,
    fileName: form.fileName,
    options: requestOptions(options),
    webhookUrl,
    linkBase: elsewhere === null ? form.linkBase : `${elsewhere}/${requestTag(secret)}/`,
    publicUrl: form.publicUrl,
    secret,
    layout,
    createdAt: context.now(),
  };
}

/** @throws Problem `csv_invalid` where a row refuses the upload, or no row has an image */
async function storeRows(
  request: number,
  { layout, batches }: ReadTable,
  { form, options }: ReadForm,
  { store, limits }: AcceptContext,
): Promise<UploadTally> {
  const tally = new UploadTally({
    warnings: warnOfUnknownFields(form.fields.keys()),
    tableBytes: form.bytes,
    storedPerByte: limits.storedPerByte,
    skipBadRows: options.on_error === 'skip',
    grouped: layout.grouped,
  });
  for await (const batch of batches) {
    const products = tally.add(batch);
    // Read on to the end: the refusal names what is wrong everywhere.
    if (!tally.isStored) continue;
    await store.appendProducts(request, products);
    await store.appendRejected(request, batch.rejected);
  }
  if (!tally.isStored || tally.imagesTotal === 0) throw tally.refusal();
  return tally;
}
