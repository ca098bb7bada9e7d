import { sql } from 'kysely';
import { failureKind } from '../../domain/catalogues/failures.ts';
import { lockRequests, ROWS_AT_ONCE, type StoreParts } from './store-parts.ts';

/** Fails what is pending of a cancelled request, in steps that keep the counters right. */
export async function failPending(parts: StoreParts, request: number): Promise<void> {
  const { db, now } = parts;
  const { message, stage } = failureKind('cancelled');
  const end = await endOf(parts, 'images', 'number', request);
  for (let from = 0; from < end; from += ROWS_AT_ONCE) {
    await db.transaction().execute(async (trx) => {
      await lockRequests(parts, trx, [request]);
      const { rows } = await sql`update images
        set status = 'failed', error_code = 'cancelled', error_stage = ${stage}, error_message = ${message},
          updated_at = ${now()}
        where request = ${request} and number >= ${from} and number < ${from + ROWS_AT_ONCE}
          and status = 'pending' returning number`.execute(trx);
      await trx
        .updateTable('requests')
        .set((eb) => ({ imagesFailed: eb('imagesFailed', '+', rows.length), updatedAt: now() }))
        .where('number', '=', request)
        .execute();
    });
  }
}

/** Removes the files of a request that nobody sees any more, then its rows. */
export async function removeRequest(
  parts: StoreParts,
  request: number,
  removeFiles: (keys: string[]) => Promise<void>,
): Promise<void> {
  const end = await endOf(parts, 'images', 'number', request);
  for (let from = 0; from < end; from += ROWS_AT_ONCE) {
    const stored = await parts.db
      .selectFrom('images')
      .select('key')
      .where('request', '=', request)
      .where('number', '>=', from)
      .where('number', '<', from + ROWS_AT_ONCE)
      .where('key', 'is not', null)
      .orderBy('number')
      .execute();
    const renditions = await parts.db
      .selectFrom('imageRenditions')
      .select('key')
      .where('request', '=', request)
      .where('number', '>=', from)
      .where('number', '<', from + ROWS_AT_ONCE)
      .execute();
    await removeFiles([...new Set([...stored, ...renditions].flatMap(({ key }) => (key === null ? [] : [key])))]);
  }
  await dropRows(parts, request);
}

/** Tables whose rows go in steps, with the second column of their keys. */
const LARGE_TABLES = {
  image_notes: 'number',
  image_renditions: 'number',
  images: 'number',
  products: 'row',
  rejected_rows: 'line',
};

/** Removes every row of a request, the request itself last, so that a crash in between leaves it to `recover`. */
export async function dropRows(parts: StoreParts, request: number): Promise<void> {
  const { db } = parts;
  for (const [table, key] of Object.entries(LARGE_TABLES)) {
    const end = await endOf(parts, table, key, request);
    for (let from = 0; from < end; from += ROWS_AT_ONCE) {
      await sql`delete from ${sql.table(table)} where request = ${request}
        and ${sql.ref(key)} >= ${from} and ${sql.ref(key)} < ${from + ROWS_AT_ONCE}`.execute(db);
    }
  }
  await db.transaction().execute(async (trx) => {
    for (const table of ['noteCounts', 'leases', 'deliveryAttempts', 'deliveries', 'idempotencyKeys'] as const) {
      await trx.deleteFrom(table).where('request', '=', request).execute();
    }
    await trx.deleteFrom('requests').where('number', '=', request).execute();
  });
}

/**
 * Where to stop when walking through a request's rows in steps of their keys. Steps by `limit` would make PostgreSQL
 * walk through all that earlier steps left behind, again and again.
 */
async function endOf({ db }: StoreParts, table: string, key: string, request: number): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`select max(${sql.ref(key)}) as last from ${sql.table(table)}
    where request = ${request}`.execute(db);
  return (rows[0]?.last ?? -1) + 1;
}
