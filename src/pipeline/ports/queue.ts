/** A shard of a request (`part` is the shard's number), or the webhook of a request (`part` is the delivery's number). */
export interface Job {
  kind: 'shard' | 'webhook';
  /** The store's own number of the request. */
  request: number;
  part: number;
}

/** Done with the job, or: hand it out again at this time. */
export type JobResult = { again: number } | 'finished';

export interface JobQueue {
  /**
   * Hands out jobs of one kind, the lowest shard number first, until the queue stops; at most `concurrency` at once.
   * A handler that throws gets the job again later. A job whose process dies is handed out again.
   */
  consume(kind: Job['kind'], concurrency: number, handler: (job: Job, signal: AbortSignal) => Promise<JobResult>): void;
  /** Hands out nothing new and waits for the running handlers, whose signals are aborted after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** How many jobs of a kind wait, those for later included. */
  depth(kind: Job['kind']): Promise<number>;
  /** For how many milliseconds the one that waits longest could have been handed out; 0 where none waits. */
  oldest(kind: Job['kind']): Promise<number>;
}
