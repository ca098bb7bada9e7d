import { ImageFailure } from '../domain/failure.ts';

/** A signal that fires when its caller stops or when time is up; `timed_out` is the reason in the second case. */
export interface Deadline {
  signal: AbortSignal;
  /**
   * Milliseconds from now that this process gets for a phase; replaces what was set for the same phase. Time in which
   * the process stood still (suspended, a paused machine) does not count: the host had no chance to answer in it.
   */
  within(phase: Phase, ms: number): void;
  /** @returns milliseconds that were left; 0 where none were set */
  clear(phase: Phase): number;
  /** Whether the process stood still meanwhile: what failed says nothing about the host then. */
  stalled(): boolean;
  /** Must be called in the end, else the timers keep running. */
  end(): void;
}

type Phase = 'first byte' | 'all';

/** A limit is counted down in slices, and what a slice takes beyond its length does not count. */
const SLICE_MS = 500;

/** A timer that is later than this was not held up by work, however busy the machine is. */
const STALL_MS = 2_000;

/** @param now of a clock that goes on while the process stands still, and does not jump */
export function createDeadline(caller: AbortSignal, now: () => number = () => performance.now()): Deadline {
  const controller = new AbortController();
  const phases = new Map<Phase, Countdown>();
  const stop = () => controller.abort(caller.reason);
  if (caller.aborted) stop();
  caller.addEventListener('abort', stop, { once: true });
  let stalled = false;

  function clear(phase: Phase): number {
    const countdown = phases.get(phase);
    phases.delete(phase);
    if (!countdown) return 0;
    stalled ||= countdown.end();
    return countdown.left();
  }

  return {
    signal: controller.signal,
    within(phase, ms) {
      clear(phase);
      phases.set(
        phase,
        startCountdown(ms, now, () => controller.abort(new ImageFailure('timed_out'))),
      );
    },
    clear,
    stalled: () => stalled || [...phases.values()].some((countdown) => countdown.stalled()),
    end() {
      for (const phase of [...phases.keys()]) clear(phase);
      caller.removeEventListener('abort', stop);
    },
  };
}

interface Countdown {
  left(): number;
  stalled(): boolean;
  /** @returns whether it has stalled */
  end(): boolean;
}

function startCountdown(ms: number, now: () => number, isOver: () => void): Countdown {
  let left = ms;
  let slice = 0;
  let since = now();
  let timer: NodeJS.Timeout;
  let stalled = false;

  /** Counts what has passed of the present slice. */
  function count(): void {
    const passed = now() - since;
    if (passed > slice + STALL_MS) stalled = true;
    left -= Math.min(passed, slice);
    since = now();
  }

  function next(): void {
    slice = Math.min(left, SLICE_MS);
    timer = setTimeout(() => {
      count();
      // Timers may fire a fraction of a millisecond early.
      if (left < 1) isOver();
      else next();
    }, slice);
  }

  next();
  return {
    left: () => Math.max(left, 0),
    stalled: () => stalled || now() - since > slice + STALL_MS,
    end() {
      clearTimeout(timer);
      count();
      return stalled;
    },
  };
}

/**
 * Waits for work that has no signal of its own, or looks at it too late.
 * @throws the signal's reason as soon as it fires; whatever the work comes to after that is dropped
 */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
