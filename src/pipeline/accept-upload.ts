import { randomBytes } from 'node:crypto';
import { requestTag } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import type { UploadOptions } from '../domain/options.ts';
import { Problem } from '../domain/problem.ts';
import { hasQuotas, refuseOverQuota } from '../domain/quota.ts';
import { tableOptions } from '../domain/table-options.ts';
import { warnOfUnknownFields } from '../domain/unknown-fields.ts';
import { HALVED, readUploadOptions, requestOptions } from '../domain/upload-options.ts';
import type { PipelineObserver } from './ports/pipeline-observer.ts';
import type { RequestStore, Upload } from './ports/store.ts';
import { previewUpload } from './preview-upload.ts';
import { quotaLeft } from './table-report.ts';
import { type UploadAnswer, type UploadForm, uploadAnswer } from './upload.ts';
import { uploadDigest } from './upload-digest.ts';
import { UploadTally } from './upload-tally.ts';

export interface AcceptTools {
  store: RequestStore;
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
  watch: Pick<PipelineObserver, 'accepted'>;
}

/** How an upload may fail because the same one got through at the same time. */
const LOST_RACE = new Set(['idempotency_conflict', 'quota_exceeded']);

export type AcceptUpload = (form: UploadForm) => Promise<UploadAnswer>;

/**
 * From an uploaded CSV to a request that is durably stored with its products, images and jobs; all or nothing.
 * The same Idempotency-Key with the same bytes and fields gives the first upload's answer again.
 * @throws Problem for everything that is wrong with the form or the CSV
 */
export function acceptUpload(tools: AcceptTools): AcceptUpload {
  return async (form) => {
    const options = readUploadOptions(form.fields, form.fileField === 'csv_file' ? HALVED : {});
    const webhookUrl = options.webhook_url ?? tools.defaultWebhookUrl;
    const problem = webhookUrl === null ? undefined : tools.webhookProblem(webhookUrl);
    if (problem) throw new Problem('invalid_webhook_url', problem);
    if (options.dry_run) {
      const { limits, store } = tools;
      const quota = hasQuotas(limits) ? quotaLeft(limits, await store.usage(form.owner)) : null;
      return previewUpload(form, options, limits, quota);
    }

    const digest = uploadDigest(form.sha256, options, webhookUrl);
    const before = await sameUpload(form, digest, tools);
    return before ?? store(form, { ...options, webhookUrl }, digest, tools);
  };
}

async function sameUpload(form: UploadForm, digest: string, tools: AcceptTools): Promise<UploadAnswer | undefined> {
  if (form.idempotencyKey === null) return undefined;
  const found = await tools.store.findUpload(form.owner, form.idempotencyKey);
  if (!found) return undefined;
  if (found.digest !== digest) throw new Problem('idempotency_conflict', 'Use a new key for a new upload.');
  const progress = await tools.store.progress(found.id, form.owner);
  return { ...uploadAnswer(found.id, found.upload, found), status: progress?.status ?? 'Pending' };
}

async function store(
  form: UploadForm,
  { webhookUrl, ...options }: UploadOptions & { webhookUrl: string | null },
  digest: string,
  tools: AcceptTools,
): Promise<UploadAnswer> {
  const { store, limits } = tools;
  const { layout, batches } = await form.read({
    table: tableOptions(options),
    limits,
  });
  const id = tools.newId();
  const secret = randomBytes(32);
  const elsewhere = tools.storagePublicUrl;
  const request = await store.beginRequest({
    id,
    owner: form.owner,
    fileName: form.fileName,
    options: requestOptions(options),
    webhookUrl,
    linkBase: elsewhere === null ? form.linkBase : `${elsewhere}/${requestTag(secret)}/`,
    publicUrl: form.publicUrl,
    secret,
    layout,
    createdAt: tools.now(),
  });
  try {
    // Whoever has nothing left need not be read; what counts is the check when the request is published.
    if (hasQuotas(limits)) refuseOverQuota(limits, await store.usage(form.owner), undefined, tools.now());
    const tally = new UploadTally({
      warnings: warnOfUnknownFields(form.fields.keys()),
      tableBytes: form.bytes,
      storedPerByte: limits.storedPerByte,
      skipBadRows: options.on_error === 'skip',
      grouped: layout.grouped,
    });
    for await (const batch of batches) {
      const products = tally.add(batch);
      if (!tally.isStored) continue;
      await store.appendProducts(request, products);
      await store.appendRejected(request, batch.rejected);
    }
    if (!tally.isStored || tally.imagesTotal === 0) throw tally.refusal();
    const upload: Upload = { idempotencyKey: form.idempotencyKey, digest, ...tally.totals() };
    await store.publishRequest(request, upload, limits);
    tools.watch.accepted(upload);
    return uploadAnswer(id, upload, tally);
  } catch (error) {
    await store.discardRequest(request);
    // Another upload with the same key won the race: its answer is ours if it is the same upload.
    const lost = error instanceof Problem && LOST_RACE.has(error.code);
    const winner = lost ? await sameUpload(form, digest, tools) : undefined;
    if (winner) return winner;
    throw error;
  }
}
