import { setImmediate } from 'node:timers/promises';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { UpkeepStore } from '../pipeline/ports/store/upkeep.ts';

/** A stored file that belongs to no image: its row was never written, or is gone. */
export interface Orphan {
  key: string;
  bytes: number;
}

export interface OrphanTools {
  store: Pick<UpkeepStore, 'unknownKeys'>;
  storage: Pick<ImageStorage, 'list' | 'find' | 'remove'>;
  now(): number;
}

/** Far longer than a file waits for its row, also when the database is away for a while. */
const OLD_MS = 24 * 3_600_000;

/** So many are noted at a time; what is left is found the next time. */
const MOST = 10_000;

/** Looked up once more and removed together: few, so that little can happen in between. */
const REMOVED_AT_ONCE = 100;

/**
 * Walks through the whole storage.
 * @returns the orphans that are old enough not to wait for a row, how many files have an image, and how many have none
 */
export async function findOrphans(
  tools: OrphanTools,
  signal?: AbortSignal,
): Promise<{ orphans: Orphan[]; images: number; others: number }> {
  const orphans: Orphan[] = [];
  let images = 0;
  let others = 0;
  for await (const keys of tools.storage.list()) {
    const unknown = await tools.store.unknownKeys(keys);
    images += keys.length - unknown.length;
    others += unknown.length;
    if (orphans.length < MOST) orphans.push(...(await oldOnes(unknown, tools)));
    // The embedded database answers without a pause: others get their turn between pages.
    await setImmediate();
    if (signal?.aborted) break;
  }
  return { orphans, images, others };
}

/**
 * Removes the orphans of a storage.
 * @returns what is gone
 * @throws OrphansDoubtful where more files have no image than have one: that is no leftover, but another database
 */
export async function sweepOrphans(tools: OrphanTools, signal: AbortSignal): Promise<{ files: number; bytes: number }> {
  const { orphans, images, others } = await findOrphans(tools, signal);
  if (!signal.aborted && others > images) throw new OrphansDoubtful(others, images);
  const removed = { files: 0, bytes: 0 };
  for (let start = 0; start < orphans.length && !signal.aborted; start += REMOVED_AT_ONCE) {
    const keys = orphans.slice(start, start + REMOVED_AT_ONCE).map(({ key }) => key);
    // Once more: a retry may have stored the image and written its row meanwhile.
    const still = await oldOnes(await tools.store.unknownKeys(keys), tools);
    await tools.storage.remove(still.map(({ key }) => key));
    removed.files += still.length;
    removed.bytes += still.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  return removed;
}

async function oldOnes(keys: string[], { storage, now }: OrphanTools): Promise<Orphan[]> {
  const old: Orphan[] = [];
  for (const key of keys) {
    const stored = await storage.find(key);
    if (stored && stored.modifiedAt.getTime() < now() - OLD_MS) old.push({ key, bytes: stored.size });
  }
  return old;
}

class OrphansDoubtful extends Error {
  override readonly name = 'OrphansDoubtful';
  constructor(others: number, images: number) {
    super(
      `${others} stored files belong to no image, and only ${images} do. Nothing was removed: ` +
        'see whether this is the database that the images belong to.',
    );
  }
}
