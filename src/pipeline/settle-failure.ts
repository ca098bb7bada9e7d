import { ImageFailure } from '../domain/failure.ts';
import type { Settlement } from '../domain/image.ts';
import { retryDelayMs } from '../domain/retry.ts';
import type { StageContext } from './stages/stage.ts';

/** What no stage has foreseen is an error of ours; one that names a system call is of our own files, and may pass. */
export function asFailure(error: unknown): ImageFailure {
  if (error instanceof ImageFailure) return error;
  const ofFiles = (error as NodeJS.ErrnoException | undefined)?.syscall !== undefined;
  return new ImageFailure(ofFiles ? 'storage_failed' : 'internal_error', { cause: error });
}

/**
 * Whether an image that failed is tried again, and when.
 * @param before tries that were used before this one
 * @returns the tries that are used by now, this one included where it counts as one
 */
export function settleFailure(
  failure: ImageFailure,
  before: number,
  { tries, now, random }: Pick<StageContext, 'tries' | 'now' | 'random'>,
): { settlement: Settlement; attempts: number } {
  const attempts = before + (failure.countsAsTry ? 1 : 0);
  if (failure.retry && attempts < tries) {
    const pause = failure.retryAfterMs ?? retryDelayMs(Math.max(attempts, 1), random());
    return { settlement: { kind: 'later', retryAt: now() + pause }, attempts };
  }
  const { code, stage, message } = failure;
  return { settlement: { kind: 'failed', code, stage, message, bytesIn: null }, attempts: Math.max(attempts, 1) };
}
