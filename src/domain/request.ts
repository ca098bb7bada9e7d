import type { FailureCode, Stage } from './failure.ts';
import type { ImageOutcome, ImageStatus } from './image.ts';
import type { ImageFormat, RequestOptions } from './options.ts';
import type { Shop } from './product.ts';

/**
 * Pending → Processing → Completed | Failed; Pending | Processing → Cancelled.
 * A retry leads from Completed, Failed or Cancelled back to Pending.
 */
export const REQUEST_STATUSES = ['Pending', 'Processing', 'Completed', 'Failed', 'Cancelled'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

/** Images of a request that one queue job covers. */
export const SHARD_SIZE = 50;

/** What a failed image's slot holds in the lists of output URLs. */
export const FAILED_SLOT = 'Error processing image';

/** How far a request is. Times in milliseconds since 1970. */
export interface Progress {
  id: string;
  status: RequestStatus;
  fileName: string;
  options: RequestOptions;
  /** Whose product export it is. */
  shop: Shop | null;
  productsTotal: number;
  /** Rows that were left out (`on_error=skip`). */
  rejectedTotal: number;
  imagesTotal: number;
  imagesDone: number;
  imagesFailed: number;
  bytesIn: number;
  bytesOut: number;
  createdAt: number;
  updatedAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  webhookUrl: string | null;
}

/** One image as it is shown. */
export interface ImageRecord {
  /** 0-based over the whole request. */
  number: number;
  /** 0-based, of its product. */
  row: number;
  /** 1-based in its product. */
  position: number;
  inputUrl: string;
  status: ImageStatus;
  key: string | null;
  outcome: ImageOutcome | null;
  error: { code: FailureCode; message: string; stage: Stage } | null;
  formatIn: ImageFormat | null;
  formatOut: ImageFormat | null;
  widthIn: number | null;
  heightIn: number | null;
  width: number | null;
  height: number | null;
  bytesIn: number | null;
  bytesOut: number | null;
  attempts: number;
  updatedAt: number;
}

export function isFinished(status: RequestStatus): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Cancelled';
}

/** The state of a request whose images are all settled. */
export function settledStatus(imagesDone: number): 'Completed' | 'Failed' {
  return imagesDone > 0 ? 'Completed' : 'Failed';
}

/** 0–100, rounded down so that 100 means all; a request without images is at 100. */
export function percentDone(progress: Progress): number {
  const settled = progress.imagesDone + progress.imagesFailed;
  return progress.imagesTotal === 0 ? 100 : Math.floor((settled * 100) / progress.imagesTotal);
}

/** Per cent of the downloaded bytes that compressing saved, one decimal; 0 before the first image. */
export function percentSaved(progress: Progress): number {
  return progress.bytesIn === 0 ? 0 : Math.round((1 - progress.bytesOut / progress.bytesIn) * 1000) / 10;
}

/** Whole seconds left at the mean rate so far; null where nothing tells, 0 when finished. */
export function secondsLeft(progress: Progress, now: number): number | null {
  if (isFinished(progress.status)) return 0;
  const settled = progress.imagesDone + progress.imagesFailed;
  if (progress.startedAt === null || settled === 0) return null;
  const left = progress.imagesTotal - settled;
  return Math.ceil((left * Math.max(now - progress.startedAt, 1)) / settled / 1000);
}
