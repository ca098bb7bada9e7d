import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { openSqlite } from '../../src/database/open-database.ts';
import { createEmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { queueContract } from '../contracts/queue-contract.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

queueContract('SQLite', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  const log = pino({ level: 'silent' });
  const queues = [createEmbeddedQueue(database, Date.now, log)];
  const newest = () => queues.at(-1) ?? assert.fail();
  return {
    queue: newest(),
    put: (jobs, options) => database.db.transaction().execute((trx) => newest().enqueue(trx, jobs, options)),
    putOld: async (kind, request, part) => {
      await database.db.insertInto('jobs').values({ kind, request, part, runAt: 0, taken: 0, since: 0 }).execute();
    },
    restart: async () => {
      queues.push(createEmbeddedQueue(database, Date.now, log));
      await newest().recover();
      return newest();
    },
    close: async () => {
      for (const queue of queues) await queue.stop(0);
    },
  };
});

test('a job that breaks off is logged with the number of its request under a name that nobody takes for the id', async () => {
  const database = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  const logged = Promise.withResolvers<Record<string, unknown>>();
  const log = pino({}, { write: (line) => logged.resolve(JSON.parse(line)) });
  const queue = createEmbeddedQueue(database, Date.now, log);
  queue.consume('webhook', { total: 1, ofCustomer: 1 }, async () => {
    throw new Error('broken');
  });
  await database.db
    .transaction()
    .execute((trx) => queue.enqueue(trx, [{ kind: 'webhook', request: 12, owner: '', delivery: 3 }]));
  const { kind, delivery, request_number, ...rest } = await logged.promise;
  assert.deepEqual({ kind, delivery, request_number }, { kind: 'webhook', delivery: 3, request_number: 12 });
  assert.ok(!('request' in rest || 'request_id' in rest));
  await queue.stop(0);
});
