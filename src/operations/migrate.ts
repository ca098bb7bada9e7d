import type { Config } from '../runtime/config/config.ts';
import { withDatabase } from './with-database.ts';

/** Opens the database once, which brings it up to date. @throws DatabaseUnusable */
export async function migrateDatabase(config: Config): Promise<void> {
  await withDatabase(config, async () => undefined);
}
