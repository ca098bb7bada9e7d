import type { Job } from '../../../src/pipeline/ports/queue.ts';
import type { RequestStore } from '../../../src/pipeline/ports/store.ts';

/** A store on a new database, and what tests see and set of its surroundings. */
export interface StoreBench {
  store: RequestStore;
  /** All jobs in the queue, in the order in which they were put there. */
  jobs(): Promise<Job[]>;
  setTime(now: number): void;
}

export type OpenStore = () => Promise<StoreBench>;
