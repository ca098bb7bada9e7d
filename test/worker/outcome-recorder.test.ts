import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import pino from 'pino';
import type { Outcome } from '../../src/pipeline/ports/store/records.ts';
import type { RequestStore } from '../../src/pipeline/ports/store.ts';
import { createOutcomeRecorder, type OutcomeRecorder } from '../../src/worker/outcome-recorder.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const outcome = (number: number): Outcome => ({
  request: 1,
  number,
  attempts: 1,
  lease: 1,
  settlement: { kind: 'later', retryAt: 0 },
});

const recorderOn = (recordOutcomes: RequestStore['recordOutcomes']) =>
  createOutcomeRecorder({ store: { recordOutcomes }, observer: UNOBSERVED, log: pino({ level: 'silent' }) });

/** As the runner of the stages does it around all work on an image. */
async function during(recorder: OutcomeRecorder, work: () => Promise<void>): Promise<void> {
  recorder.start();
  await work().finally(recorder.end);
}

test('while the database fails, outcomes wait for it, but not longer than a stop does', async () => {
  let tried = Promise.withResolvers<void>();
  const away = async () => {
    tried.resolve();
    throw new Error('the database is away');
  };
  const recorder = recorderOn(away);
  const recorded = during(recorder, () => recorder.record(outcome(1)));
  await tried.promise;
  recorder.giveUp();
  await assert.rejects(recorded, /is away/);
  tried = Promise.withResolvers();
  await assert.rejects(
    during(recorder, () => recorder.record(outcome(2))),
    /is away/,
  );
  await tried.promise;
});

test('an outcome waits for others only while some are under way, and never for time that need not pass', async () => {
  // Time stands still: whoever waits for it waits for ever.
  mock.timers.enable({ apis: ['setTimeout'] });
  syncBuiltinESMExports();
  const batches: number[][] = [];
  const recordOutcomes = async (outcomes: Outcome[]) => void batches.push(outcomes.map(({ number }) => number));
  const recorder = recorderOn(recordOutcomes);

  await during(recorder, () => recorder.record(outcome(1)));
  assert.deepEqual(batches, [[1]]);

  const slow = Promise.withResolvers<void>();
  const given = during(recorder, async () => {
    await slow.promise;
    throw new Error('given up');
  });
  const waiting = during(recorder, () => recorder.record(outcome(2)));
  await new Promise(setImmediate);
  assert.equal(batches.length, 1, 'another may come');
  slow.resolve();
  await assert.rejects(given, /given up/);
  await waiting;
  assert.deepEqual(batches, [[1], [2]]);
});
