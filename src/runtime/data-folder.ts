import { chmodSync, mkdirSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { DatabaseUnusable } from '../database/database-unusable.ts';

const OURS_ALONE = 0o700;

/**
 * Makes the data folder, or looks whether it is ours alone: who can enter it reads uploads and secrets of others, and who
 * owns it can put another database in the place of ours.
 * @throws DatabaseUnusable where it is somebody else's
 */
export function secureDataFolder(folder: string, log: Logger): void {
  try {
    mkdirSync(folder, { recursive: true, mode: OURS_ALONE });
  } catch (cause) {
    throw new DatabaseUnusable(`The data folder ${folder} cannot be used: ${(cause as Error).message}.`, { cause });
  }
  const us = process.getuid?.();
  // Windows, where a mode says nothing.
  if (us === undefined) return;
  const { uid, mode } = statSync(folder);
  // Root can do anything with it anyway, and is whose volumes are where an orchestrator makes them.
  if (uid !== us && uid !== 0) {
    throw new DatabaseUnusable(
      `The data folder ${folder} belongs to the user ${uid}, and Pixmill runs as ${us}. Run it as that user, give the folder ` +
        `away (chown -R ${us} ${folder}), or set PIXMILL_DATA_DIR to another one.`,
    );
  }
  if ((mode & 0o077) === 0) return;
  const was = (mode & 0o777).toString(8).padStart(4, '0');
  if (uid === us) {
    chmodSync(folder, OURS_ALONE);
    log.warn(`Others could enter the data folder ${folder} (mode ${was}); now only this user can (0700).`);
  } else if ((mode & 0o007) !== 0) {
    log.warn(
      `Others can enter the data folder ${folder} (mode ${was}), and it is root's to change that: chmod 0700 it, or mount it ` +
        'for the user of this process alone.',
    );
  }
}
