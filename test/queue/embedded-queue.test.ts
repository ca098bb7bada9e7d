import assert from 'node:assert/strict';
import { join } from 'node:path';
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
