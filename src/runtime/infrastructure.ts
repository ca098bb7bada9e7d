import { join } from 'node:path';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { lockDataFolder } from '../database/data-lock.ts';
import { type Database, openSqlite } from '../database/open-database.ts';
import { createRequestStore } from '../database/request-store.ts';
import type { JobQueue } from '../pipeline/ports/queue.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { RequestStore } from '../pipeline/ports/store.ts';
import { createEmbeddedQueue } from '../queue/embedded-queue.ts';
import { createFileStorage } from '../storage/file-storage.ts';
import type { Config } from './config/config.ts';
import { secureDataFolder } from './data-folder.ts';
import { openOwnFolder, openSharedFolder, type WorkFolder } from './work-folder.ts';

/** Where rows, jobs and images are: on this machine, or where many processes share them. */
export interface Infrastructure {
  store: RequestStore;
  queue: JobQueue;
  storage: ImageStorage;
  /** For temporary files of this process. */
  workFolder: WorkFolder;
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** How long a half-done upload of another process must lie untouched before that process counts as dead. */
const ABANDONED_MS = 15 * MINUTE_MS;

/** How often a process looks for what dead ones left. */
const SWEEP_MS = 5 * MINUTE_MS;

/** How often it is seen to that the folder of temporary files is there: programs that tidy up know nothing of us. */
const ENSURE_MS = 5_000;

/**
 * Opens what the configuration names, and finishes what a dead process left half done.
 * @param now a clock that does not jump
 * @throws DatabaseUnusable, StorageUnusable
 */
export async function openInfrastructure(config: Config, now: () => number, log: Logger): Promise<Infrastructure> {
  const parts: (() => unknown)[] = [];
  const close = async () => {
    for (const part of parts.toReversed()) await part();
  };
  try {
    secureDataFolder(config.dataDir, log);
    const temporary = join(config.dataDir, 'tmp');
    const storage = await openStorage(config);
    parts.push(storage.close);
    if (config.databaseUrl === null) {
      parts.push(lockDataFolder(config.dataDir));
      const workFolder = openOwnFolder(temporary);
      parts.push(regularly(async () => workFolder.ensure(), ENSURE_MS, log));
      const database = await openDatabase(config, log);
      parts.push(() => database.db.destroy());
      const queue = createEmbeddedQueue(database, now, log);
      const { enqueue, dequeueShards } = queue;
      const store = createRequestStore({ database, enqueue, dequeueShards, now: Date.now, newId: uuidv7 });
      await storage.ping();
      await queue.recover();
      await store.recover(storage.remove);
      return { store, queue, storage, workFolder, close };
    }

    const workFolder = openSharedFolder(temporary);
    parts.push(
      workFolder.close,
      regularly(async () => workFolder.ensure(), ENSURE_MS, log),
    );
    const database = await openDatabase(config, log);
    parts.push(() => database.db.destroy());
    const { createPgBossQueue } = await import('../queue/pg-boss-queue.ts');
    const queue = await createPgBossQueue(database, config.databaseUrl, log);
    parts.push(() => queue.close());
    const { enqueue, dequeueShards } = queue;
    const store = createRequestStore({ database, enqueue, dequeueShards, now: Date.now, newId: uuidv7 });
    await storage.ping();
    const sweep = async () => {
      await workFolder.sweep();
      await store.recover(storage.remove, Date.now() - ABANDONED_MS);
    };
    await sweep();
    parts.push(regularly(sweep, SWEEP_MS, log));
    return { store, queue, storage, workFolder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

// The bodies for many machines are loaded where they are wanted: one machine starts 12 MB lighter without.

/** Where the images are. */
export async function openStorage({ storageUrl, imagesDir, imageFolders }: Config): Promise<ImageStorage> {
  if (!storageUrl) return createFileStorage({ root: imagesDir, folders: imageFolders });
  const { createS3Storage } = await import('../storage/s3-storage.ts');
  return createS3Storage(storageUrl);
}

/** The database, brought up to date. @throws DatabaseUnusable */
export async function openDatabase(config: Config, log?: Logger): Promise<Database> {
  if (config.databaseUrl === null) return openSqlite(databaseFile(config));
  const { openPostgres } = await import('../database/open-postgres.ts');
  return openPostgres(config.databaseUrl, {
    unsafe: config.unsafeDatabase,
    onIdleError: (error) => log?.warn({ err: error }, 'a connection to the database broke'),
  });
}

export const databaseFile = ({ dataDir }: Pick<Config, 'dataDir'>) => join(dataDir, 'pixmill.sqlite');

/** @returns ends it, and waits for a turn that runs */
function regularly(work: () => Promise<void>, ms: number, log: Logger): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = work().catch((error) => log.warn({ err: error }, 'the folder of temporary files could not be tidied up'));
  }, ms);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
