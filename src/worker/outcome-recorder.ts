import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { PipelineObserver } from '../pipeline/ports/pipeline-observer.ts';
import type { OutcomeStore } from '../pipeline/ports/store/outcomes.ts';
import type { Outcome } from '../pipeline/ports/store/records.ts';

export interface OutcomeRecorder {
  /** Work on an image begins that may come to an outcome: what is under way is worth waiting for. */
  start(): void;
  /** That work is over, with or without an outcome. */
  end(): void;
  /** Returns when the outcome is durable. @throws what the database said, after `giveUp` */
  record(outcome: Outcome): Promise<void>;
  /** For the end of a stop: what the database does not take now is not tried again. Its images are done anew after it. */
  giveUp(): void;
}

export interface OutcomeRecorderSettings {
  store: Pick<OutcomeStore, 'recordOutcomes'>;
  observer: Pick<PipelineObserver, 'batch'>;
  log: Logger;
}

/** A commit costs a disk sync whatever is in it: outcomes wait this long for company, where some may come. */
const LONGEST_WAIT_MS = 100;

/** As many as make a batch that is not worth waiting any longer for. */
const FULL_BATCH = 100;

/** Pause before a batch is tried again when the database is away, locked or full. */
const RETRY_MS = 1_000;

/**
 * Collects the outcomes of images and stores them in batches, one transaction each.
 * Outcomes are not dropped: while the database fails, their images wait with them, until a stop cannot wait any longer.
 * One batch after the other: should this process freeze, one transaction of it holds a lock, not a whole queue of them.
 */
export function createOutcomeRecorder({ store, observer, log }: OutcomeRecorderSettings): OutcomeRecorder {
  let latest: Promise<void> = Promise.resolve();
  const givenUp = new AbortController();
  let underWay = 0;
  let batch: { outcomes: Outcome[]; durable: Promise<void>; full: () => void } | undefined;

  async function flush(outcomes: Outcome[], ready: Promise<unknown>): Promise<void> {
    await ready;
    batch = undefined;
    for (;;) {
      const observed = observer.batch(outcomes.length);
      try {
        await store.recordOutcomes(outcomes);
        observed.ended();
        return;
      } catch (error) {
        observed.failed(error);
        const { signal } = givenUp;
        const next = signal.aborted ? 'their images are done again after the next start' : 'trying again';
        log.error({ err: error, outcomes: outcomes.length }, `outcomes could not be stored, ${next}`);
        if (signal.aborted) throw error;
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  function flushIfComplete(): void {
    if (batch && batch.outcomes.length >= Math.min(underWay, FULL_BATCH)) batch.full();
  }

  return {
    start() {
      underWay++;
    },
    end() {
      underWay--;
      flushIfComplete();
    },
    record(outcome) {
      if (!batch) {
        const full = Promise.withResolvers<void>();
        const outcomes: Outcome[] = [];
        const ready = Promise.race([full.promise, sleep(LONGEST_WAIT_MS, undefined, { ref: false })]);
        latest = flush(outcomes, Promise.all([ready, latest.catch(() => undefined)]));
        batch = { outcomes, durable: latest, full: full.resolve };
      }
      batch.outcomes.push(outcome);
      const { durable } = batch;
      flushIfComplete();
      return durable;
    },
    giveUp: () => givenUp.abort(),
  };
}
