import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/open-database.ts';
import { createRequestStore } from '../database/request-store.ts';
import type { RequestStore } from '../pipeline/ports/store.ts';
import type { Config } from '../runtime/config/config.ts';
import { openDatabase } from '../runtime/infrastructure.ts';

/** Opens the configured database for one piece of work, which brings it up to date. @throws DatabaseUnusable */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(config);
  try {
    return await work(database);
  } finally {
    await database.db.destroy();
  }
}

/** For looking and for settings: it starts no work. */
export function storeOn(database: Database): RequestStore {
  const settings = { database, enqueue: async () => undefined, dequeueShards: async () => undefined };
  return createRequestStore({ ...settings, now: Date.now, newId: uuidv7 });
}
