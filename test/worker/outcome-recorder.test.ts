import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { mock, test } from 'node:test';
import pino from 'pino';
import type { Outcome } from '../../src/pipeline/ports/store/records.ts';
import { createOutcomeRecorder } from '../../src/worker/outcome-recorder.ts';

const outcome = (number: number): Outcome => ({
  request: 1,
  number,
  attempts: 1,
  lease: 1,
  settlement: { kind: 'later', retryAt: 0 },
});

test('while the database fails, outcomes wait for it, but not longer than a stop does', async () => {
  let tried = Promise.withResolvers<void>();
  const away = async () => {
    tried.resolve();
    throw new Error('the database is away');
  };
  const recorder = createOutcomeRecorder({ recordOutcomes: away }, pino({ level: 'silent' }));
  const recorded = recorder.during(() => recorder.record(outcome(1)));
  await tried.promise;
  recorder.giveUp();
  await assert.rejects(recorded, /is away/);
  tried = Promise.withResolvers();
  await assert.rejects(
    recorder.during(() => recorder.record(outcome(2))),
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
  const recorder = createOutcomeRecorder({ recordOutcomes }, pino({ level: 'silent' }));

  await recorder.during(() => recorder.record(outcome(1)));
  assert.deepEqual(batches, [[1]]);

  const slow = Promise.withResolvers<void>();
  const given = recorder.during(async () => {
    await slow.promise;
    throw new Error('given up');
  });
  const waiting = recorder.during(() => recorder.record(outcome(2)));
  await new Promise(setImmediate);
  assert.equal(batches.length, 1, 'another may come');
  slow.resolve();
  await assert.rejects(given, /given up/);
  await waiting;
  assert.deepEqual(batches, [[1], [2]]);
});
