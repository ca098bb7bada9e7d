import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { openSqlite } from '../../src/database/open-database.ts';
import { createEmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { steadyClock } from '../../src/queue/steady-clock.ts';
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
      { kind: 'shard', request: 1, part: 0, runAt: now + year },
      { kind: 'webhook', request: 1, part: 1, runAt: now + year },
      { kind: 'shard', request: 1, part: 1, runAt: now + 1_000 },
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
