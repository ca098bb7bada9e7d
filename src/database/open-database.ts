import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { CamelCasePlugin, Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { databaseError } from './database-errors.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import type { Dialect } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

export interface Database {
  db: Kysely<Tables>;
  dialect: Dialect;
}

/**
 * Opens the SQLite file, made and brought up to date where needed.
 * One connection: Kysely lets one transaction at a time pass, so nobody reads what is not committed.
 * @throws DatabaseUnusable where the file cannot be opened, is damaged, does not sync, or is of a newer version
 */
export async function openSqlite(file: string): Promise<Database> {
  let sqlite: DatabaseSync;
  try {
    mkdirSync(dirname(file), { recursive: true });
    sqlite = new DatabaseSync(file, { timeout: 5_000 });
    // FULL: a commit that was acknowledged is on disk; NORMAL lost some when the machine died.
    sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory');
    // Large uploads write tens of MB: a larger step between checkpoints writes each page less often.
    sqlite.exec('pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma cache_size = -32000');
  } catch (cause) {
    throw new DatabaseUnusable(`The database ${file} cannot be opened: ${(cause as Error).message}.`, { cause });
  }
  const journal = sqlite.prepare('pragma journal_mode').get()?.journal_mode;
  const synchronous = sqlite.prepare('pragma synchronous').get()?.synchronous;
  if (journal !== 'wal' || synchronous !== 2) {
    sqlite.close();
    throw new DatabaseUnusable(
      `The database ${file} does not keep what it commits (journal ${journal}, synchronous ${synchronous}). ` +
        'Put PIXMILL_DATA_DIR on a local disk.',
    );
  }
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: cachingStatements(sqlite) }),
    plugins: [new CamelCasePlugin()],
  });
  await migrate({ db, dialect: 'sqlite' }, file);
  return { db, dialect: 'sqlite' };
}

/** What Kysely's SQLite driver needs of a database, over `node:sqlite`; each statement is prepared once. */
function cachingStatements(sqlite: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => sqlite.close(),
    prepare(text) {
      // A deferred transaction that turns to writing would fail at once where another process (a backup) writes.
      const sqlText = text === 'begin' ? 'begin immediate' : text;
      const known = statements.get(sqlText);
      if (known) return known;
      const prepared = sqlite.prepare(sqlText);
      const statement = {
        reader: prepared.columns().length > 0,
        all: (values: readonly unknown[]) => typed(() => prepared.all(...(values as SQLInputValue[]))),
        run: (values: readonly unknown[]) => typed(() => prepared.run(...(values as SQLInputValue[]))),
        iterate: (values: readonly unknown[]) => prepared.iterate(...(values as SQLInputValue[])),
      };
      if (statements.size < 500) statements.set(sqlText, statement);
      return statement;
    },
  };
}

/** @throws DiskFull where there is no room */
function typed<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw databaseError(error);
  }
}
