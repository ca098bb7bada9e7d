import type { Config } from '../runtime/config/config.ts';
import { openStorage } from '../runtime/infrastructure.ts';
import { findOrphans } from '../worker/orphans.ts';
import { databaseProblems, storedKeys } from './check-database.ts';
import { storeOn, withDatabase } from './with-database.ts';

/**
 * Looks for damage: in the database, in its counters, and for images whose file is missing or has another size; and for
 * files that belong to no image, which do no harm.
 */
export async function checkData(
  config: Config,
): Promise<{ images: number; problems: string[]; orphans: { files: number; bytes: number } }> {
  const storage = await openStorage(config);
  const checked = withDatabase(config, async (database) => {
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
  return checked.finally(storage.close);
}
