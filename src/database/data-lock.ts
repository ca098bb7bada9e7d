import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseUnusable } from './database-unusable.ts';

/**
 * Makes this process the only one that works on a data folder. The lock is an open exclusive transaction on a file of
 * its own, which the operating system holds for us: a dead process leaves nothing stale, a live one cannot be robbed.
 * @returns releases the lock
 * @throws DatabaseUnusable where another process holds it
 */
export function lockDataFolder(folder: string): () => void {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 500 });
    lock.exec('pragma journal_mode = delete; begin exclusive');
  } catch (cause) {
    lock?.close();
    const { errcode, message } = cause as Error & { errcode?: number };
    // SQLITE_BUSY, in the low byte as extended codes carry more above it.
    const held = errcode !== undefined && (errcode & 0xff) === 5;
    throw new DatabaseUnusable(
      held
        ? `Another Pixmill is working in ${folder}. Stop it, or set PIXMILL_DATA_DIR to another folder.`
        : `The data folder ${folder} cannot be used: ${message}.`,
      { cause },
    );
  }
  const held = lock;
  return () => held.close();
}
