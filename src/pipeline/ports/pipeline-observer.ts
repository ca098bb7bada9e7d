import type { ImageFailure } from '../../domain/failure.ts';
import type { Settlement } from '../../domain/image.ts';
import type { Job } from '../ports/queue.ts';
import type { Delivery, PendingImage, RequestRecord, Shard, Upload } from './store/records.ts';

/** Why a decoder process is gone; `idle`: it died between two images. */
export type DecoderLoss = 'crash' | 'memory' | 'time_limit' | 'idle';

/** How one attempt at a webhook ended; without a status no answer came, for the reason in `error`. */
export interface Attempt {
  statusCode: number | null;
  retryAfterMs: number | null;
  error: string | null;
}

type Tries = PromiseSettledResult<Settlement>[];

/**
 * Who looks on while the pipeline works, and makes counts, lines of the log and spans of it. Each call goes through the
 * work and gives its result back as it is.
 */
export interface PipelineObserver {
  /** A new request is published. */
  accepted(upload: Upload): void;
  /** Around all tries of a shard that are made together. */
  shard(job: Job, shard: Shard, work: () => Promise<Tries>): Promise<Tries>;
  /** Around one try, until its outcome is durable. */
  image(image: PendingImage, shard: Shard, work: () => Promise<Settlement>): Promise<Settlement>;
  /** A try failed; the failure's cause is for the operator alone. */
  failed(image: PendingImage, shard: Shard, failure: ImageFailure): void;
  /** Around one attempt at a webhook. */
  webhook(delivery: Delivery, record: RequestRecord, work: () => Promise<Attempt>): Promise<Attempt>;
}
