import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { lstat, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockDataFolder, tryLock } from '../database/data-lock.ts';

/** Where this process has its temporary files; no other user may enter it. */
export interface WorkFolder {
  path: string;
  /** Makes it again where somebody has removed it. @throws errors of the file system */
  ensure(): void;
  /** Writes into it. @throws errors of the file system */
  check(): Promise<void>;
  /** Removes what processes that died have left beside it. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Uploads of strangers lie in it, and it bars the way out of the folder inside of it in which decoders are. */
const OURS_ALONE = 0o700;

/** The folder of a process that starts has no lock yet. */
const STARTING_MS = 60_000;

/** Processes of older releases hold no lock: such a folder counts as left when nobody has touched it for so long. */
const WITHOUT_LOCK_MS = 900_000;

/** Of a process that is alone with its data folder, and holds the lock of that. What lies there is of a dead one. */
export function openOwnFolder(path: string): WorkFolder {
  rmSync(path, { recursive: true, force: true });
  const ensure = () => void mkdirSync(path, { recursive: true, mode: OURS_ALONE });
  ensure();
  return { path, ensure, check: () => check(path, ensure), sweep: async () => undefined, close: async () => undefined };
}

/**
 * Of one process among several. It lives as long as it holds a lock, which the system takes from it when it dies: a process
 * that was suspended, for however long, still has its folder afterwards.
 */
export function openSharedFolder(parent: string): WorkFolder {
  const name = randomUUID();
  const path = join(parent, name);
  const locks = join(parent, 'locks');
  let release: (() => void) | undefined;

  function ensure(): void {
    if (!existsSync(join(locks, name))) {
      release?.();
      release = undefined;
      release = lockDataFolder(join(locks, name));
    }
    mkdirSync(path, { recursive: true, mode: OURS_ALONE });
  }

  async function isLeft(folder: string): Promise<boolean> {
    const stats = await lstat(join(parent, folder)).catch(() => undefined);
    if (!stats || stats.mtimeMs > Date.now() - STARTING_MS) return false;
    if (!existsSync(join(locks, folder))) return stats.mtimeMs < Date.now() - WITHOUT_LOCK_MS;
    const unlock = tryLock(join(locks, folder));
    unlock?.();
    return unlock !== undefined;
  }

  ensure();
  return {
    path,
    ensure,
    check: () => check(path, ensure),
    async sweep() {
      ensure();
      // Processes of older releases go by this time.
      const now = new Date();
      await Promise.all([utimes(path, now, now), utimes(locks, now, now)]);
      for (const folder of await readdir(parent)) {
        if (folder === name || folder === 'locks' || !(await isLeft(folder))) continue;
        await rm(join(parent, folder), { recursive: true, force: true });
        await rm(join(locks, folder), { recursive: true, force: true });
      }
    },
    async close() {
      await rm(path, { recursive: true, force: true });
      release?.();
      await rm(join(locks, name), { recursive: true, force: true });
    },
  };
}

async function check(folder: string, ensure: () => void): Promise<void> {
  ensure();
  const file = join(folder, `ready-${randomUUID()}`);
  // Something of it, as a full disk still takes empty files.
  await writeFile(file, 'ready', { flag: 'wx' });
  await rm(file);
}
