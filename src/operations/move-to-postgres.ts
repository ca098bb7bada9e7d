import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { lockDataFolder } from '../database/data-lock.ts';
import { DatabaseUnusable } from '../database/database-unusable.ts';
import type { Config } from '../runtime/config/config.ts';
import { databaseFile } from '../runtime/infrastructure.ts';
import { copyDatabase } from './copy-database.ts';
import { withDatabase } from './with-database.ts';

/**
 * Copies a SQLite data folder that no server uses into an empty PostgreSQL, jobs included.
 * @returns rows of each table
 * @throws DatabaseUnusable
 */
export async function moveToPostgres(config: Config, from: string, to: string, log: Logger) {
  const file = databaseFile({ dataDir: from });
  if (!existsSync(file)) throw new DatabaseUnusable(`There is no database ${file}.`);
  const unlock = lockDataFolder(from);
  try {
    return await withDatabase({ ...config, dataDir: from, databaseUrl: null }, (source) =>
      withDatabase({ ...config, databaseUrl: to }, async (target) => {
        const { createPgBossQueue } = await import('../queue/pg-boss-queue.ts');
        const queue = await createPgBossQueue(target, to, log);
        try {
          return await copyDatabase(source, target, queue.enqueue);
        } finally {
          await queue.close();
        }
      }),
    );
  } finally {
    unlock();
  }
}
