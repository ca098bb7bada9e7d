import { ImageFailure } from '../domain/failure.ts';

/** A signal that fires when its caller stops or when time is up; `timed_out` is the reason in the second case. */
export interface Deadline {
  signal: AbortSignal;
  /** Milliseconds from now; replaces what was set for the same phase. */
  within(phase: 'first byte' | 'all', ms: number): void;
  clear(phase: 'first byte' | 'all'): void;
  /** Must be called in the end, else the timers keep running. */
  end(): void;
}

export function createDeadline(caller: AbortSignal): Deadline {
  const controller = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  const stop = () => controller.abort(caller.reason);
  if (caller.aborted) stop();
  caller.addEventListener('abort', stop, { once: true });
  const clear = (phase: string) => clearTimeout(timers.get(phase));
  return {
    signal: controller.signal,
    within(phase, ms) {
      clear(phase);
      timers.set(
        phase,
        setTimeout(() => controller.abort(new ImageFailure('timed_out')), ms),
      );
    },
    clear,
    end() {
      for (const timer of timers.values()) clearTimeout(timer);
      caller.removeEventListener('abort', stop);
    },
  };
}

/**
 * Waits for work that has no signal of its own, or looks at it too late.
 * @throws the signal's reason as soon as it fires; what becomes of the work then is nobody's business any more
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
