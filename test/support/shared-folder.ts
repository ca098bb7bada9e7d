import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A folder that is filled once and then shared by all test files. Each that finds none fills one of its own beside it
 * and moves it there whole, so that nobody ever sees half of it; of two at once the first one's stays.
 * @param fill gets the empty folder
 */
export async function sharedFolder(path: string, fill: (folder: string) => unknown): Promise<string> {
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const own = mkdtempSync(`${path}-`);
  try {
    await fill(own);
    chmodSync(own, 0o755);
    renameSync(own, path);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(path)) throw error;
  }
  return path;
}
