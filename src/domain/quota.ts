import type { Limits } from './limits.ts';
import { Problem } from './problem.ts';

/** What one key may use, or all callers together where no keys are in use; 0: any number. */
export type Quotas = Pick<Limits, 'imagesPerDay' | 'openRequests'>;

export interface Usage {
  /** Images of uploads that were accepted since midnight UTC, whatever became of them. */
  imagesToday: number;
  /** Requests that are Pending or Processing. */
  openRequests: number;
}

const DAY_MS = 86_400_000;

/** A guess: a request ends when it ends. */
const OPEN_RETRY_SECONDS = 60;

/** Days since 1970, in UTC. */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

export function hasQuotas({ imagesPerDay, openRequests }: Quotas): boolean {
  return imagesPerDay > 0 || openRequests > 0;
}

/**
 * Whether one more upload fits.
 * @param used without that upload
 * @param images of that upload; undefined as long as it is not read
 * @throws Problem `quota_exceeded`
 */
export function refuseOverQuota(quotas: Quotas, used: Usage, images: number | undefined, now: number): void {
  const { imagesPerDay, openRequests } = quotas;
  if (openRequests > 0 && used.openRequests >= openRequests) {
    throw new Problem(
      'quota_exceeded',
      `Limit of unfinished requests: ${openRequests}, taken: ${used.openRequests}, asked for: 1. ` +
        'Wait until one is finished, or cancel one.',
      { retryAfterSeconds: OPEN_RETRY_SECONDS },
    );
  }
  if (imagesPerDay > 0 && used.imagesToday + (images ?? 1) > imagesPerDay) {
    const advice =
      (images ?? 1) > imagesPerDay
        ? 'Split the CSV over several days.'
        : 'Upload it after midnight UTC, or a part now.';
    throw new Problem(
      'quota_exceeded',
      `Limit of images a day: ${imagesPerDay}, used: ${used.imagesToday}, asked for: ${images ?? 'more'}. ${advice}`,
      { retryAfterSeconds: ((dayOf(now) + 1) * DAY_MS - now) / 1_000 },
    );
  }
}
