import { Problem } from '../domain/problem.ts';

/** Lets a bounded number of uploads be on their way, and a few of them be read at once, fairly over customers. */
export interface UploadLimiter {
  /**
   * Takes a place for an upload that begins to arrive.
   * @throws Problem `overloaded` where all places are taken, or all that this customer can have
   */
  acquire(customer: string): UploadPlace;
}

export interface UploadPlace {
  /** Does the work when it is this customer's turn, and fewer than the limit are at work. */
  run<T>(work: () => Promise<T>): Promise<T>;
  release(): void;
}

/**
 * A customer may hold as many places as are left free by then: half of them alone, a third of them beside another one who
 * does the same. Whoever comes new finds a place, however many uploads one customer holds open (dynamic thresholds, as
 * shared buffers of switches have them: Choudhury and Hahne, 1998).
 * @param atOnce how many are read at once
 * @param places how many may be under way, arriving, waiting or being read
 */
export function createUploadLimiter(atOnce: number, places: number): UploadLimiter {
  const held = new Map<string, number>();
  let taken = 0;
  const turns = createTurns(atOnce);
  return {
    acquire(customer) {
      const own = held.get(customer) ?? 0;
      if (own >= places - taken) {
        throw new Problem('overloaded', 'Too many uploads at once. Upload fewer files at a time.');
      }
      held.set(customer, own + 1);
      taken++;
      return {
        run: (work) => turns.take(customer, work),
        release() {
          taken--;
          const left = (held.get(customer) ?? 1) - 1;
          if (left === 0) held.delete(customer);
          else held.set(customer, left);
        },
      };
    },
  };
}

/** Work of several customers, a few at once: each who waits has one turn before anybody has the next. */
function createTurns(atOnce: number) {
  /** By customer, in the order of their turns. */
  const waiting = new Map<string, (() => void)[]>();
  let working = 0;

  function next(): void {
    const [turn] = waiting;
    if (working >= atOnce || !turn) return;
    const [customer, [begin, ...later]] = turn;
    waiting.delete(customer);
    if (later.length > 0) waiting.set(customer, later);
    working++;
    begin?.();
  }

  return {
    async take<T>(customer: string, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((begin) => {
        waiting.set(customer, [...(waiting.get(customer) ?? []), begin]);
        next();
      });
      try {
        return await work();
      } finally {
        working--;
        next();
      }
    },
  };
}
