import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { databaseFile, openDatabase, openStorage } from './backing.ts';
import type { Config } from './config.ts';
import { backupSqlite } from './database/backup.ts';
import { databaseProblems, storedKeys } from './database/check-database.ts';
import { copyDatabase } from './database/copy-database.ts';
import { lockDataFolder } from './database/data-lock.ts';
import { DatabaseUnusable } from './database/database-unusable.ts';
import type { Database } from './database/open-database.ts';
import { createRequestStore } from './database/request-store.ts';
import type { RequestStore } from './pipeline/ports.ts';
import { findOrphans } from './worker/orphans.ts';

/** Signs webhooks: what is configured, else one that is made once. */
export async function secretFor(config: Config, store: Pick<RequestStore, 'setting'>): Promise<string> {
  return config.webhookSecret ?? store.setting('webhook_secret', newWebhookSecret);
}

/** Signs links to images; made once, so that every process of a cluster signs alike. */
export async function linkSecretFor(store: Pick<RequestStore, 'setting'>): Promise<string> {
  return store.setting('link_secret', () => randomBytes(32).toString('base64url'));
}

/** 24 random bytes, as Standard Webhooks 1.0.0 asks for ("between 24 and 64 bytes"). */
function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** The secret that a server with this configuration signs with; it may be running. */
export async function webhookSecret(config: Config): Promise<string> {
  return withDatabase(config, async (database) => secretFor(config, storeOn(database)));
}

/** Opens the database once, which brings it up to date. @throws DatabaseUnusable */
export async function migrateDatabase(config: Config): Promise<void> {
  await withDatabase(config, async () => undefined);
}

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
        const { createPgBossQueue } = await import('./queue/pg-boss-queue.ts');
        const queue = await createPgBossQueue(target, to, Date.now, log);
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

/**
 * Looks for damage: in the database, in its counters, and for images whose file is missing or has another size; and for
 * files that belong to no image, which do no harm.
 */
export async function checkData(
  config: Config,
): Promise<{ images: number; problems: string[]; orphans: { files: number; bytes: number } }> {
  const storage = await openStorage(config);
  return withDatabase(config, async (database) => {
    const problems = await databaseProblems(database);
    let images = 0;
    for await (const { key, bytes } of storedKeys(database)) {
      images++;
      const size = (await storage.find(key))?.size;
      if (size !== bytes) problems.push(`The image ${key} ${size === undefined ? 'has no file' : 'is not whole'}.`);
    }
    const { orphans } = await findOrphans({ store: storeOn(database), storage, now: Date.now });
    const bytes = orphans.reduce((sum, orphan) => sum + orphan.bytes, 0);
    return { images, problems, orphans: { files: orphans.length, bytes } };
  });
}

/** Copies the database as it is at one moment, also while a server works on it. */
export async function backupDatabase(config: Config, file: string): Promise<void> {
  if (config.databaseUrl !== null) throw new DatabaseUnusable('The database is PostgreSQL: pg_dump copies it.');
  await backupSqlite(databaseFile(config), file);
}

/** For looking and for settings: it starts no work. */
function storeOn(database: Database): RequestStore {
  const settings = { database, enqueue: async () => undefined, dequeueShards: async () => undefined };
  return createRequestStore({ ...settings, now: Date.now, newId: uuidv7 });
}

async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(config);
  try {
    return await work(database);
  } finally {
    await database.db.destroy();
  }
}
