import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';

/** Keys that are looked up at a time. */
const PAGE = 1_000;

/**
 * Whether SQLite finds its file whole, and whether the counters of every request are what its images say.
 * @returns what is wrong, as sentences
 */
export async function databaseProblems({ db, dialect }: Database): Promise<string[]> {
  const damage =
    dialect === 'sqlite' ? await sql<{ integrityCheck: string }>`pragma integrity_check(10)`.execute(db) : undefined;
  const damages = (damage?.rows ?? []).map(({ integrityCheck }) => integrityCheck).filter((text) => text !== 'ok');
  const { rows } = await sql<{ id: string }>`select requests.id from requests
    left join (select request, sum(case when status = 'done' then 1 else 0 end) as done,
        sum(case when status = 'failed' then 1 else 0 end) as failed, count(*) as total
      from images group by request) as counted on counted.request = requests.number
    where requests.status not in ('Receiving', 'Deleting')
      and (images_done <> coalesce(counted.done, 0) or images_failed <> coalesce(counted.failed, 0)
        or images_total <> coalesce(counted.total, 0))`.execute(db);
  return [
    ...damages.map((text) => `The database is damaged: ${text}.`),
    ...rows.map(({ id }) => `The counters of request ${id} are not what its images say.`),
  ];
}

/** Every stored picture with the bytes that it should have, page by page. */
export async function* storedKeys(database: Database): AsyncGenerator<{ key: string; bytes: number }> {
  yield* keysOf(database, 'images');
  yield* keysOf(database, 'imageRenditions');
}

async function* keysOf({ db }: Database, table: 'images' | 'imageRenditions') {
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom(table)
      .select(['key', 'bytesOut'])
      .distinct()
      // Of an image that is not done there is no key.
      .where('key', '>', after)
      .orderBy('key')
      .limit(PAGE)
      .execute();
    for (const { key, bytesOut } of page) if (key !== null) yield { key, bytes: Number(bytesOut) };
    const last = page.at(-1)?.key;
    if (page.length < PAGE || !last) return;
    after = last;
  }
}
