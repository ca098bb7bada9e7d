import { join } from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import { openSqlite } from '../../src/database/open-database.ts';
import { createRequestStore } from '../../src/database/request-store.ts';
import { createEmbeddedQueue } from '../../src/queue/embedded-queue.ts';
import { fromStored } from '../../src/queue/stored-job.ts';
import type { StoreBench } from '../contracts/store/store-bench.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A new store on a new SQLite file, with a clock that stands still until it is set. */
export async function sqliteStore(): Promise<StoreBench> {
  let now = 1_000;
  const database = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  const { enqueue, dequeueShards } = createEmbeddedQueue(database, () => now, pino({ level: 'silent' }));
  return {
    store: createRequestStore({ database, enqueue, dequeueShards, now: () => now, newId: v7 }),
    jobs: async () => {
      const rows = await database.db.selectFrom('jobs').select(['kind', 'request', 'part']).orderBy('id').execute();
      return rows.map(({ kind, ...stored }) => fromStored(kind, stored));
    },
    setTime: (time) => {
      now = time;
    },
  };
}
