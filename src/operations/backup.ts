import { existsSync, rmSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { DatabaseUnusable } from '../database/database-unusable.ts';
import type { Config } from '../runtime/config/config.ts';
import { databaseFile } from '../runtime/infrastructure.ts';

/** Copies the database as it is at one moment, also while a server works on it. @throws DatabaseUnusable */
export async function backupDatabase(config: Config, file: string): Promise<void> {
  if (config.databaseUrl !== null) throw new DatabaseUnusable('The database is PostgreSQL: pg_dump copies it.');
  await backupSqlite(databaseFile(config), file);
}

/**
 * Copies a SQLite file page by page, as it is at one moment, while others write to it; then checks the copy.
 * @throws DatabaseUnusable where there is nothing to copy, the target exists, or the copy is not whole
 */
async function backupSqlite(file: string, target: string): Promise<void> {
  if (!existsSync(file)) throw new DatabaseUnusable(`There is no database ${file}.`);
  if (existsSync(target)) throw new DatabaseUnusable(`The file ${target} exists already. Name a new one.`);
  const source = new DatabaseSync(file, { readOnly: true });
  try {
    await backup(source, target);
  } finally {
    source.close();
  }
  const found = integrityOf(target);
  if (found === 'ok') return;
  rmSync(target);
  throw new DatabaseUnusable(`The database ${file} is damaged: ${found}. Restore an older backup.`);
}

/** "ok", or what SQLite finds wrong with a file. */
function integrityOf(file: string): string {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    return String(copy.prepare('pragma integrity_check(1)').get()?.integrity_check);
  } finally {
    copy.close();
  }
}
