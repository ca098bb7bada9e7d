import { type Kysely, sql } from 'kysely';
import { DatabaseUnusable } from '../database/database-unusable.ts';
import { storable } from '../database/dialect.ts';
import type { Database } from '../database/open-database.ts';
import type { Enqueue, Transaction } from '../database/store/store-parts.ts';
import { fromStored } from '../queue/stored-job.ts';

/** In the database's own names; jobs are not among them, as each kind of queue has its own tables. */
const TABLES = [
  'requests',
  'idempotency_keys',
  'products',
  'rejected_rows',
  'images',
  'image_renditions',
  'image_notes',
  'note_counts',
  'leases',
  'deliveries',
  'delivery_attempts',
  'daily_usage',
  'claimed_keys',
  'ended_sessions',
  'settings',
] as const;

type Table = (typeof TABLES)[number];

/** Rows that are read, sent and inserted at a time. */
const PAGE_ROWS = 2_000;
/** Characters of their texts: a row may have a megabyte. */
const PAGE_CHARACTERS = 1_000_000;

/**
 * Copies a SQLite database that nobody uses into an empty PostgreSQL, jobs included, in one transaction: after a
 * failure the target is as empty as before.
 * @param enqueue of the target's queue
 * @returns rows of each table, and jobs
 * @throws DatabaseUnusable where the target is not empty, or does not hold afterwards what it was given
 */
export async function copyDatabase(from: Database, to: Database, enqueue: Enqueue): Promise<Record<string, number>> {
  // With plugins, rows would come with names in camel case, of which there is no use here.
  const source = from.db.withoutPlugins();
  const counts: Record<string, number> = {};
  await to.db.transaction().execute(async (trx) => {
    const target = trx.withoutPlugins();
    for (const table of TABLES) {
      if ((await countOf(target, table)) > 0) {
        throw new DatabaseUnusable('The target database is not empty. Name one that Pixmill has not used yet.');
      }
      for await (const rows of pages(source, table)) await insert(target, table, rows);
      const count = await countOf(target, table);
      if (count !== (await countOf(source, table))) throw new Error(`Rows of ${table} are missing in the copy.`);
      counts[table] = count;
    }
    await sql`select setval(pg_get_serial_sequence('requests', 'number'), coalesce(max(number), 1), max(number) is not null)
      from requests`.execute(target);
    // The queue of one machine holds exactly the shards with pending images and the deliveries that wait.
    const jobs = await from.db
      .selectFrom('jobs')
      .select(['kind', 'request', 'part', 'runAt', 'owner'])
      .orderBy('turn')
      .orderBy('id')
      .execute();
    // A rank for each request among those of its owner, in the order of their turns.
    const requests = new Map<string, Set<number>>();
    const rankOf = new Map<number, number>();
    for (const { owner, request } of jobs) {
      const ofOwner = requests.get(owner) ?? new Set();
      requests.set(owner, ofOwner.add(request));
      if (!rankOf.has(request)) rankOf.set(request, ofOwner.size);
    }
    await enqueue(
      trx,
      jobs.map(({ kind, runAt, owner, ...stored }) => ({
        ...fromStored(kind, stored),
        owner,
        rank: rankOf.get(stored.request) ?? 1,
        delayMs: Math.max(0, runAt - Date.now()),
      })),
    );
    counts.jobs = jobs.length;
  });
  // Without statistics PostgreSQL would plan for empty tables.
  await sql`analyze`.execute(to.db);
  return counts;
}

async function countOf(db: Kysely<unknown> | Transaction | Database['db'], table: Table): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(db);
  return Number(rows[0]?.count);
}

type Row = Record<string, string | number | null>;

async function* pages(db: Database['db'], table: Table): AsyncGenerator<Row[]> {
  let page: Row[] = [];
  let characters = 0;
  // Raw, because the tables' types have the other names.
  const untyped = db as unknown as Kysely<Record<Table, Row>>;
  for await (const row of untyped.selectFrom(table).selectAll().stream()) {
    page.push(row as Row);
    for (const value of Object.values(row)) characters += typeof value === 'string' ? value.length : 0;
    if (page.length < PAGE_ROWS && characters < PAGE_CHARACTERS) continue;
    yield page;
    page = [];
    characters = 0;
  }
  if (page.length > 0) yield page;
}

/**
 * Columns go by their names: PostgreSQL itself takes the rows apart.
 * @throws where what it stored is not what it was given
 */
async function insert(db: Database['db'], table: Table, rows: Row[]): Promise<void> {
  const json = JSON.stringify(rows, (_, value) => storable(value));
  const name = sql.table(table);
  const stored = await sql<Row>`insert into ${name} overriding system value
    select * from jsonb_populate_recordset(null::${name}, ${json}::jsonb) returning *`.execute(db);
  const same = (row: Row, copy: Row = {}) =>
    Object.entries(row).every(([column, value]) => storable(value) === copy[column]);
  if (!rows.every((row, index) => same(row, stored.rows[index]))) {
    throw new DatabaseUnusable(`The target database changes what is stored in ${table}; is there a trigger on it?`);
  }
}
