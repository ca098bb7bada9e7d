import pLimit from 'p-limit';
import { Problem } from '../domain/problem.ts';

/** Lets a few uploads be read at once and a bounded number wait for that. */
export interface UploadLimiter {
  /**
   * Takes a place for an upload that begins to arrive.
   * @throws Problem `overloaded` where all places are taken
   */
  acquire(): UploadPlace;
}

export interface UploadPlace {
  /** Does the work when fewer than the limit are at work. */
  run<T>(work: () => Promise<T>): Promise<T>;
  release(): void;
}

/**
 * @param atOnce how many are read at once
 * @param places how many may be under way, arriving, waiting or being read, before others are refused
 */
export function createUploadLimiter(atOnce: number, places: number): UploadLimiter {
  const limit = pLimit(atOnce);
  let taken = 0;
  return {
    acquire() {
      if (taken >= places) throw new Problem('overloaded', 'Too many uploads at once.');
      taken++;
      return {
        run: (work) => limit(work),
        release: () => {
          taken--;
        },
      };
    },
  };
}
