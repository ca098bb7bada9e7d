import type { Logger } from 'pino';
import type { UpkeepStore } from '../pipeline/ports/store/upkeep.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A wall clock that has moved by less was set right, and does no harm. */
const LEAP_MS = HOUR_MS;

/** What is longer ago than this was not seen by a running Pixmill: it was stopped for long, or the clock is ahead. */
const GAP_MS = DAY_MS;

/** So long after a gap, by a clock that cannot leap, the time is believed, as nobody has set it right. */
const PROBATION_MS = 7 * DAY_MS;

/**
 * The time by which old things are deleted for good. A wall clock that is years ahead, because somebody or a broken battery
 * set it, would make everything old at once.
 */
export interface TrustedClock {
  /** Milliseconds since 1970; undefined while the time is not believed, so that nothing may be deleted by it. */
  look(): Promise<number | undefined>;
}

/**
 * @param steadyNow a clock that does not jump, see `steadyClock`
 * @param wallNow the clock by which rows and files have their times
 */
export function createTrustedClock(
  store: Pick<UpkeepStore, 'lastTime' | 'noteTime'>,
  steadyNow: () => number,
  wallNow: () => number,
  log: Pick<Logger, 'error'>,
): TrustedClock {
  let doubtedSince: number | undefined;
  return {
    async look() {
      const steady = steadyNow();
      const ahead = wallNow() - steady;
      if (Math.abs(ahead) > LEAP_MS) {
        log.error(
          `The clock of this machine was set ${ahead > 0 ? 'forward' : 'back'} by ${inWords(ahead)} while Pixmill was running. ` +
            'Requests are not deleted any earlier for it. See that the clock is right, then restart Pixmill.',
        );
      }
      // New rows have the time of a clock that was set back: by the other they would be old already.
      const now = Math.min(steady, steady + ahead);
      const last = await store.lastTime();
      if (last === null || now - last <= GAP_MS) doubtedSince = undefined;
      else {
        doubtedSince ??= steady;
        const left = doubtedSince + PROBATION_MS - steady;
        if (left > 0) {
          log.error(
            `The clock of this machine is ${inWords(now - last)} ahead of the last entry of the database. Old requests and files ` +
              `without an image are not deleted for the next ${inWords(left)}. If the clock is wrong, set it right and restart ` +
              'Pixmill; if Pixmill was stopped for that long, there is nothing to do.',
          );
          return undefined;
        }
      }
      await store.noteTime(now);
      return now;
    },
  };
}

function inWords(ms: number): string {
  const hours = Math.round(Math.abs(ms) / HOUR_MS);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
