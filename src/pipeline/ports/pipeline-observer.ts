import type { ImageFailure } from '../../domain/failure.ts';
import type { Settlement } from '../../domain/image.ts';
import type { UploadAnswer } from '../upload.ts';
import type { Delivery, PendingImage, RequestRecord, Shard, Upload } from './store/records.ts';

/** Why a decoder process is gone; `idle`: it died between two images. */
export type DecoderLoss = 'crash' | 'memory' | 'time_limit' | 'idle';

/** A stage whose time is measured. Compressing is decoding and encoding, recording waits until the outcome is durable. */
export type TimedStage = 'download' | 'compress' | 'store' | 'record';

/** How one attempt at a webhook ended; without a status no answer came, for the reason in `error`. */
export interface Attempt {
  statusCode: number | null;
  retryAfterMs: number | null;
  error: string | null;
}

/** Work that has begun. One of the two is called, once, when it is over. */
export interface Observed<Result> {
  ended(result: Result): void;
  failed(error: unknown): void;
}

interface ObservedShard {
  /** One image begins its stages. */
  image(image: PendingImage): ObservedImage;
  ended(tries: PromiseSettledResult<Settlement>[]): void;
}

/** One try at an image, until its outcome is durable; `failed` where it broke off without an outcome. */
export interface ObservedImage extends Observed<Settlement> {
  stage(stage: TimedStage): Observed<void>;
  /** A stage failed, which is an outcome too. The failure's cause is for the operator alone. */
  stageFailed(failure: ImageFailure): void;
}

/**
 * Is told what the pipeline does, and makes counts, lines of the log and spans of it. Nothing that it does changes what
 * happens to an image.
 */
export interface PipelineObserver {
  /** An upload has come in and is to be accepted. */
  upload(): Observed<UploadAnswer>;
  /** A new request is published. */
  accepted(upload: Upload): void;
  /** The images of a shard that are due begin together. */
  shard(shard: Shard, number: number): ObservedShard;
  /** Many outcomes are to be committed together. */
  batch(outcomes: number): Observed<void>;
  webhook(delivery: Delivery, record: RequestRecord): Observed<Attempt>;
  /** The storage was searched, and files that belong to no image were removed. */
  swept(files: number, bytes: number): void;
}
