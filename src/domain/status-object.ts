import type { RequestOptions } from './options.ts';
import { isFinished, type Progress, percentDone, percentSaved, secondsLeft } from './request.ts';

/** The state of a request as clients see it: in answers, live events and webhooks. Times are ISO 8601 in UTC. */
export interface StatusObject {
  request_id: string;
  status: Progress['status'];
  file_name: string;
  /** Those that hold, sent or not. */
  options: RequestOptions;
  /** Whose product export was recognised. */
  shop_export: Progress['shop'];
  products_total: number;
  /** Rows that were left out. */
  rows_skipped: number;
  images_total: number;
  /** Settled: done or failed. */
  images_processed: number;
  images_failed: number;
  images_pending: number;
  /** 0–100. */
  progress: number;
  bytes_in: number;
  bytes_out: number;
  saved_percent: number;
  eta_seconds: number | null;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  finished_at: string | null;
  webhook: { url: string } | null;
  details_url: string;
  /** Null until the request is finished. */
  download_url: string | null;
}

/**
 * @param publicUrl base of our own addresses, without a slash at the end
 * @param now milliseconds since 1970
 */
export function statusObject(progress: Progress, publicUrl: string, now: number): StatusObject {
  const iso = (time: number) => new Date(time).toISOString();
  const isoOrNull = (time: number | null) => (time === null ? null : iso(time));
  return {
    request_id: progress.id,
    status: progress.status,
    file_name: progress.fileName,
    options: progress.options,
    shop_export: progress.shop,
    products_total: progress.productsTotal,
    rows_skipped: progress.rejectedTotal,
    images_total: progress.imagesTotal,
    images_processed: progress.imagesDone + progress.imagesFailed,
    images_failed: progress.imagesFailed,
    images_pending: progress.imagesTotal - progress.imagesDone - progress.imagesFailed,
    progress: percentDone(progress),
    bytes_in: progress.bytesIn,
    bytes_out: progress.bytesOut,
    saved_percent: percentSaved(progress),
    eta_seconds: secondsLeft(progress, now),
    created_at: iso(progress.createdAt),
    updated_at: iso(progress.updatedAt),
    started_at: isoOrNull(progress.startedAt),
    finished_at: isoOrNull(progress.finishedAt),
    webhook: progress.webhookUrl === null ? null : { url: progress.webhookUrl },
    details_url: `${publicUrl}/api/details/${progress.id}`,
    download_url: isFinished(progress.status) ? `${publicUrl}/api/download/${progress.id}` : null,
  };
}
