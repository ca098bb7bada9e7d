import pLimit from 'p-limit';
import { Problem } from '../domain/problem.ts';

/** Lets a few run at once and a bounded number wait. */
export interface Turns {
  /** @throws Problem `overloaded` where too many are inside already */
  enter(): { run<T>(work: () => Promise<T>): Promise<T>; leave(): void };
}

/** @param inside how many may be on their way, waiting or running, before others are sent away */
export function createTurns(atOnce: number, inside: number): Turns {
  const limit = pLimit(atOnce);
  let entered = 0;
  return {
    enter() {
      if (entered >= inside) throw new Problem('overloaded', 'Too many uploads at once.');
      entered++;
      return {
        run: (work) => limit(work),
        leave: () => {
          entered--;
        },
      };
    },
  };
}
