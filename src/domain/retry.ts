/**
 * Milliseconds before the next try at an image: about 1 s after the first try, 4 s after the second, each spread by
 * half, so that images which failed together do not come back together.
 * @param random 0 to 1
 */
export function retryDelayMs(attempts: number, random: number): number {
  return Math.round(1_000 * 4 ** (attempts - 1) * (0.5 + random));
}

/** Attempts at a webhook: the pause before each, in milliseconds (Standard Webhooks 1.0.0, "retry schedule"). */
export const WEBHOOK_PAUSES_MS = [
  0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];

/** No image waits longer than this for its next try; a later time was written under another clock. */
export const LONGEST_RETRY_MS = 300_000;

/** No webhook does: the longest pause of the schedule, spread by a tenth, and what a `Retry-After` may add. */
export const LONGEST_WEBHOOK_PAUSE_MS = 2 * 86_400_000;
