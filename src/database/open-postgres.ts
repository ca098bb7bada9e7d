import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { databaseError } from './database-errors.ts';
import { DatabaseUnusable } from './database-unusable.ts';
import { storable } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Database } from './open-database.ts';
import type { Tables } from './tables.ts';

export interface PostgresSettings {
  /** Works also on a server that may lose what it has acknowledged. */
  unsafe?: boolean;
  /** Told when a connection that nobody uses breaks; the next statement opens a new one. */
  onIdleError?: (error: Error) => void;
}

/** Connections of one process: a handful of statements at a time, the rest waits. */
const CONNECTIONS = 10;

/** How long to wait for a connection before the database counts as unreachable. */
const CONNECT_MS = 10_000;

/**
 * How long a process may say nothing in the middle of a transaction. One that is frozen, or cut off from the network,
 * would otherwise hold its locks, and with them everybody else's work on the same request.
 */
const SILENT_MS = 15_000;

/** Counts and sizes stay far below 2^53, so bigint need not come as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** A NUL in a path or a name must find nothing rather than break a statement; what fails, fails with an error of ours. */
class TolerantClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: one override for the many forms of `query`
  override query(text: any, values?: any, ...rest: any[]): any {
    const known = Array.isArray(values) ? values.map(storable) : values;
    const answer: unknown = super.query(text, known, ...(rest as []));
    return answer instanceof Promise ? answer.catch(rethrow) : answer;
  }
}

/** The same for connections that are not made. */
class TypedErrorsPool extends pg.Pool {
  // biome-ignore lint/suspicious/noExplicitAny: `pg` has a form with a callback, which Kysely does not use
  override connect(...callback: any[]): any {
    const answer: unknown = super.connect(...(callback as []));
    return answer instanceof Promise ? answer.catch(rethrow) : answer;
  }
}

function rethrow(error: unknown): never {
  throw databaseError(error);
}

/**
 * Opens the PostgreSQL database, brought up to date where needed; Kysely's migrator holds an advisory lock, so many
 * processes may start at once.
 * @throws DatabaseUnusable where it cannot be reached, may lose commits, or is of a newer version
 */
export async function openPostgres(url: string, settings: PostgresSettings = {}): Promise<Database> {
  const name = describe(url);
  const pool = new TypedErrorsPool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    // As a statement: poolers like PgBouncer refuse connections that bring settings which they do not know.
    onConnect: async (client) => void (await client.query(`set idle_in_transaction_session_timeout = ${SILENT_MS}`)),
    // Notices that the server's machine is gone, which sends no more than silence.
    keepAlive: true,
    application_name: 'pixmill',
    types,
    Client: TolerantClient,
  });
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => settings.onIdleError?.(error));
  // The same for one that breaks between two statements of a transaction; the next statement reports it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database: Database = {
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] }),
    dialect: 'postgres',
  };
  try {
    if (!settings.unsafe) await refuseUnsafe(database, name);
  } catch (cause) {
    await database.db.destroy();
    if (cause instanceof DatabaseUnusable) throw cause;
    throw new DatabaseUnusable(`The database ${name} cannot be reached: ${reason(cause)}.`, { cause });
  }
  await migrate(database, name);
  return database;
}

async function refuseUnsafe({ db }: Database, name: string): Promise<void> {
  const { rows } = await sql<{ fsync: string; commit: string }>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`.execute(db);
  const { fsync, commit } = rows[0] ?? {};
  if (fsync === 'on' && commit !== 'off') return;
  throw new DatabaseUnusable(
    `The database ${name} does not keep what it commits (fsync ${fsync}, synchronous_commit ${commit}). ` +
      'Set both to on, or PIXMILL_UNSAFE_DATABASE=on where nothing in it matters.',
  );
}

/** The address without the password, for messages. */
function describe(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host}${parsed.pathname}` : 'of PIXMILL_DATABASE_URL';
}

/** What went wrong in a few words; an AggregateError (several addresses of a name) has none of its own. */
function reason(cause: unknown): string {
  const { message, code } = cause as Error & { code?: string };
  return message || code || String(cause);
}
