/** A piece of work that waits in the queue. `request` is the store's own number of the request. */
export type Job =
  | { kind: 'shard'; request: number; shard: number }
  /** `delivery`: the number of the message, counted from 1 within its request. */
  | { kind: 'webhook'; request: number; delivery: number };

export type JobKind = Job['kind'];

export type JobOf<Kind extends JobKind> = Extract<Job, { kind: Kind }>;

/** A job on its way into the queue; without `delayMs` it is due at once. */
export type NewJob = Job & {
  /** The customer; jobs are handed out to one after the other. */
  owner: string;
  /** How many requests of the customer are open, this one included; see `turnsOf`. Default 1. */
  rank?: number;
  delayMs?: number;
};

export interface Concurrency {
  /** Jobs at once in this process. */
  total: number;
  /** Of one customer; less than `total`, so that no customer ever has all. */
  ofCustomer: number;
}

/**
 * Done with the job, or: hand it out again after so many milliseconds. A duration, because the queue's clock is not that
 * of whoever works on the job.
 */
export type JobResult = 'finished' | { snooze: number };

export interface JobQueue {
  /**
   * Hands out jobs of one kind until the queue stops: round robin over customers, the first shards of each before its later
   * ones.
   * A handler that throws gets the job again later. A job whose process dies is handed out again.
   */
  consume<Kind extends JobKind>(
    kind: Kind,
    concurrency: Concurrency,
    handler: (job: JobOf<Kind>, signal: AbortSignal) => Promise<JobResult>,
  ): void;
  /** Hands out nothing new and waits for the running handlers, whose signals are aborted after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** How many jobs of a kind wait, those for later included. */
  depth(kind: JobKind): Promise<number>;
  /** For how many milliseconds the one that waits longest could have been handed out; 0 where none waits. */
  oldest(kind: JobKind): Promise<number>;
}
