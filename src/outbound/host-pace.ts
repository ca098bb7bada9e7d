import { setTimeout as sleep } from 'node:timers/promises';
import { ImageFailure } from '../domain/failure.ts';
import { type Target, targetKey } from './host-breaker.ts';

/**
 * How fast downloads of a host may begin: as the operator says (`per_second` of PIXMILL_SOURCES), and slower after each
 * answer 429 ("too many requests"), until the host is content.
 */
export interface HostPace {
  /**
   * Waits for the next moment at which a download may begin, a second at most.
   * @param perSecond what the operator allows for this host, over all customers; undefined: any number
   * @returns whether there is a pace for the host; where there is none yet, ask again before the download begins
   * @throws ImageFailure `http_429`, put off until its turn (counts as no try); the signal's reason
   */
  next(target: Target, perSecond: number | undefined, signal: AbortSignal): Promise<boolean>;
  /**
   * The host said 429.
   * @returns milliseconds after which the image may come back, where the host gave pictures out lately and only asks for a
   *   slower pace; undefined where it refuses all
   */
  tooMany(target: Target): number | undefined;
  /** The host gave a picture out. */
  succeeded(target: Target): void;
}

/** Time between two downloads after the first 429; it doubles with further ones. */
const FIRST_INTERVAL_MS = 250;
const LONGEST_INTERVAL_MS = 10_000;
/** Below this there is no pace any more. */
const SHORTEST_INTERVAL_MS = 20;
/** What each picture makes of the time between two downloads. */
const RECOVERY = 0.97;
/** 429s of downloads that ran side by side count as one. */
const SAME_REFUSAL_MS = 1_000;
/** A host that gave no picture out for this long refuses rather than asks to slow down. */
const LATELY_MS = 60_000;
/** Longest wait in place; beyond it an image is put off. */
const WAIT_MS = 1_000;
/** Longest time for which an image is put off. */
const LONGEST_PAUSE_MS = 120_000;
/** Hosts that are kept at most. */
const HOSTS = 10_000;

interface Pace {
  /** Between two downloads; 0: any number at once. */
  intervalMs: number;
  /** When the next download may begin. */
  nextAt: number;
  /** When the last image that was put off may come back. */
  promisedUntil: number;
  refusedAt: number;
  succeededAt: number;
}

type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

const sleepFor: Sleep = (ms, signal) => sleep(ms, undefined, { signal });

export function createHostPace(now: () => number, pause: Sleep = sleepFor): HostPace {
  const paces = new Map<string, Pace>();

  function paceOf(key: string): Pace {
    const known = paces.get(key);
    if (known) return known;
    const [oldest] = paces.keys();
    if (paces.size >= HOSTS && oldest !== undefined) paces.delete(oldest);
    const pace = {
      intervalMs: 0,
      nextAt: 0,
      promisedUntil: 0,
      refusedAt: Number.NEGATIVE_INFINITY,
      succeededAt: Number.NEGATIVE_INFINITY,
    };
    paces.set(key, pace);
    return pace;
  }

  /** @returns milliseconds to wait; each caller gets its own moment */
  function reserve(pace: Pace, intervalMs: number): number {
    const start = Math.max(now(), pace.nextAt);
    if (start - now() <= WAIT_MS) {
      pace.nextAt = start + intervalMs;
      return start - now();
    }
    throw new ImageFailure('http_429', { countsAsTry: false, retryAfterMs: promise(pace, intervalMs) });
  }

  /** Each image that is put off comes back at a time of its own. @returns milliseconds until then */
  function promise(pace: Pace, intervalMs: number): number {
    pace.promisedUntil = Math.max(pace.promisedUntil, pace.nextAt, now()) + intervalMs;
    return Math.min(pace.promisedUntil - now(), LONGEST_PAUSE_MS);
  }

  return {
    async next(target, perSecond, signal) {
      const learned = paces.get(targetKey(target));
      const waits: number[] = [];
      if (learned && learned.intervalMs > 0) waits.push(reserve(learned, learned.intervalMs));
      if (perSecond !== undefined) waits.push(reserve(paceOf(target.host), 1_000 / perSecond));
      const wait = Math.max(0, ...waits);
      if (wait === 0) return waits.length > 0;
      await pause(wait, signal).catch((error) => {
        signal.throwIfAborted();
        throw error;
      });
      return true;
    },

    tooMany(target) {
      const pace = paceOf(targetKey(target));
      if (now() - pace.refusedAt > SAME_REFUSAL_MS) {
        pace.refusedAt = now();
        pace.intervalMs = Math.min(Math.max(2 * pace.intervalMs, FIRST_INTERVAL_MS), LONGEST_INTERVAL_MS);
        pace.nextAt = Math.max(pace.nextAt, now() + pace.intervalMs);
      }
      return now() - pace.succeededAt < LATELY_MS ? promise(pace, pace.intervalMs) : undefined;
    },

    succeeded(target) {
      const pace = paceOf(targetKey(target));
      pace.succeededAt = now();
      pace.intervalMs *= RECOVERY;
      if (pace.intervalMs < SHORTEST_INTERVAL_MS) pace.intervalMs = 0;
    },
  };
}
