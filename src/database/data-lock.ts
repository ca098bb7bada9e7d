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
  try {
    return lock(folder, 500);
  } catch (cause) {
    const held = isHeld(cause);
    const { message } = cause as Error;
    throw new DatabaseUnusable(
      held
        ? `Another Pixmill is working in ${folder}. Stop it, or set PIXMILL_DATA_DIR to another folder.`
        : `The data folder ${folder} cannot be used: ${message}.`,
      { cause },
    );
  }
}

/** The same lock, if nobody holds it. @returns releases it; undefined where another process holds it */
export function tryLock(folder: string): (() => void) | undefined {
  try {
    return lock(folder, 0);
  } catch (error) {
    if (isHeld(error)) return undefined;
    throw error;
  }
}

/** @param timeout how long it is waited for, in milliseconds */
function lock(folder: string, timeout: number): () => void {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout });
  try {
    database.exec('pragma journal_mode = delete; begin exclusive');
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

/** SQLITE_BUSY, in the low byte as extended codes carry more above it. */
function isHeld(error: unknown): boolean {
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === 5;
}
