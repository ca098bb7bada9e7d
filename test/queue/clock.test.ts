import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { v7 } from 'uuid';
import { openSqlite } from '../../src/database/open-database.ts';
import { createRequestStore } from '../../src/database/request-store.ts';
import type { JobOf } from '../../src/pipeline/ports/queue.ts';
import { createEmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { steadyClock } from '../../src/queue/steady-clock.ts';
import { done, publish } from '../support/rows.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('the clock of pauses does not follow the wall clock', (t) => {
  const now = steadyClock();
  const before = now();
  t.mock.timers.enable({ apis: ['Date'], now: 0 });
  const jumped = now() - before;
  t.mock.timers.reset();
  assert.ok(jumped >= 0 && jumped < 1_000, `${jumped} ms`);
});

test('a job that was put off under a clock far ahead waits no longer than any job may', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  const now = 1_000_000;
  const queue = createEmbeddedQueue(database, () => now, pino({ level: 'silent' }));
  const year = 365 * 86_400_000;
  await database.db.transaction().execute((trx) =>
    queue.enqueue(trx, [
      { kind: 'shard', request: 1, owner: '', shard: 0, delayMs: year },
      { kind: 'webhook', request: 1, owner: '', delivery: 1, delayMs: year },
      { kind: 'shard', request: 1, owner: '', shard: 1, delayMs: 1_000 },
    ]),
  );
  await queue.recover();
  const jobs = await database.db.selectFrom('jobs').select(['kind', 'part', 'runAt']).orderBy('id').execute();
  assert.deepEqual(
    jobs.map(({ runAt }) => runAt - now),
    [300_000, 2 * 86_400_000, 1_000],
  );
  await queue.stop(0);
});

test('a redelivery is due at once, however far the wall clock has stepped forward since the start', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  const steady = 1_000_000;
  const queue = createEmbeddedQueue(database, () => steady, pino({ level: 'silent' }));
  const { enqueue, dequeueShards } = queue;
  const wall = () => steady + 86_400_000;
  const store = createRequestStore({ database, enqueue, dequeueShards, now: wall, newId: v7 });
  const { number } = await publish(store, [['https://a/1']], { request: { webhookUrl: 'https://hook/' } });
  await store.recordOutcomes([{ request: number, number: 0, attempts: 1, lease: 9, settlement: done('k') }]);
  await database.db
    .updateTable('jobs')
    .set({ runAt: steady + 3_600_000 })
    .where('kind', '=', 'webhook')
    .execute();
  await store.redeliver(number);
  const taken = Promise.withResolvers<JobOf<'webhook'>>();
  queue.consume('webhook', { total: 1, ofCustomer: 1 }, async (job) => {
    taken.resolve(job);
    return 'finished';
  });
  assert.deepEqual(await taken.promise, { kind: 'webhook', request: number, delivery: 1 });
  await queue.stop(0);
});
