import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DatabaseUnusable } from './database-unusable.ts';
import type { Dialect } from './dialect.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/**
 * Brings the tables up to date; closes the database where that fails.
 * @param name of the database, for the message
 * @throws DatabaseUnusable
 */
export async function migrate({ db, dialect }: { db: Kysely<Tables>; dialect: Dialect }, name: string): Promise<void> {
  const known = migrations(dialect);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } });
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  await db.destroy();
  const newer = error instanceof Error && error.message.startsWith('corrupted migrations');
  throw new DatabaseUnusable(
    newer
      ? `The database ${name} was written by a newer version of Pixmill. Start that version, or restore a backup.`
      : `The database ${name} could not be brought up to date: ${error instanceof Error ? error.message : String(error)}.`,
    { cause: error },
  );
}
