import type { Outcome, Shard } from './records.ts';

/** Handing out images to work on, and writing down what became of them. */
export interface OutcomeStore {
  /** Undefined where the request is gone, or neither Pending nor Processing. Sets a Pending request to Processing. */
  loadShard(request: number, shard: number): Promise<Shard | undefined>;
  /**
   * Settles images that are still pending and whose shard nobody else has got since, counts them, finishes requests that
   * are complete; all or nothing, durable.
   */
  recordOutcomes(outcomes: Outcome[]): Promise<void>;
}
