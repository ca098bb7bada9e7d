import { sql } from 'kysely';
import { failureKind } from '../../domain/failure.ts';
import { SHARD_SIZE } from '../../domain/request.ts';
import type { RequestStore } from '../../pipeline/ports/store.ts';
import { lockRequests, ROWS_AT_ONCE, type StoreParts, type Transaction } from './store-parts.ts';

type Changing = Pick<RequestStore, 'retryFailed' | 'cancelRequest' | 'deleteRequest' | 'recover'>;

/** Retry, cancel, delete. Each first makes its intent durable, so that `recover` can carry on after a crash. */
export function changingRequests(parts: StoreParts): Changing {
  const { db, now } = parts;

  /** Finds a request that may be changed from `statuses`, locked until the transaction ends where that is needed. */
  async function find(trx: Transaction, id: string, owner: string | undefined, statuses: readonly string[]) {
    let query = trx.selectFrom('requests').select(['number', 'status']).where('id', '=', id);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    if (parts.dialect === 'postgres') query = query.forUpdate();
    const row = await query.executeTakeFirst();
    return row && statuses.includes(row.status) ? row : undefined;
  }

  /** Fails what is pending of a cancelled request, in steps that keep the counters right. */
  async function failPending(request: number): Promise<void> {
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

  async function removeAll(request: number, removeFiles: (keys: string[]) => Promise<void>): Promise<void> {
    const end = await endOf(parts, 'images', 'number', request);
    for (let from = 0; from < end; from += ROWS_AT_ONCE) {
      const stored = await db
        .selectFrom('images')
        .select('key')
        .where('request', '=', request)
        .where('number', '>=', from)
        .where('number', '<', from + ROWS_AT_ONCE)
        .where('key', 'is not', null)
        .orderBy('number')
        .execute();
      await removeFiles([...new Set(stored.flatMap(({ key }) => (key === null ? [] : [key])))]);
    }
    await dropRows(parts, request);
  }

  return {
    async retryFailed(id, owner) {
      return db.transaction().execute(async (trx) => {
        const found = await find(trx, id, owner, ['Completed', 'Failed', 'Cancelled']);
        if (!found) return 0;
        const request = found.number;
        const { rows } = await sql<{ number: number; bytesIn: number | null }>`update images
          set status = 'pending', attempts = 0, retry_at = 0, error_code = null, error_stage = null,
            error_message = null, bytes_in = null, updated_at = ${now()}
          where request = ${request} and status = 'failed' returning number`.execute(trx);
        if (rows.length === 0) return 0;
        const { bytesIn } = await trx
          .selectFrom('images')
          .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('bytesIn'), sql<number>`0`).as('bytesIn'))
          .where('request', '=', request)
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('requests')
          .set({
            status: 'Pending',
            imagesFailed: 0,
            bytesIn: Number(bytesIn),
            startedAt: null,
            finishedAt: null,
            updatedAt: now(),
          })
          .where('number', '=', request)
          .execute();
        const shards = new Set(rows.map(({ number }) => Math.floor(number / SHARD_SIZE)));
        await parts.enqueue(
          trx,
          [...shards].map((shard) => ({ kind: 'shard' as const, request, shard })),
          { replace: true },
        );
        return rows.length;
      });
    },

    async cancelRequest(id, owner) {
      const request = await db.transaction().execute(async (trx) => {
        const found = await find(trx, id, owner, ['Pending', 'Processing']);
        if (!found) return undefined;
        await trx
          .updateTable('requests')
          .set({ status: 'Cancelled', finishedAt: now(), updatedAt: now() })
          .where('number', '=', found.number)
          .execute();
        await parts.dequeueShards(trx, found.number);
        return found.number;
      });
      if (request === undefined) return false;
      await failPending(request);
      return true;
    },

    async deleteRequest(id, removeFiles, owner) {
      const request = await db.transaction().execute(async (trx) => {
        const found = await find(trx, id, owner, ['Pending', 'Processing', 'Completed', 'Failed', 'Cancelled']);
        if (!found) return undefined;
        await trx
          .updateTable('requests')
          .set({ status: 'Deleting', updatedAt: now() })
          .where('number', '=', found.number)
          .execute();
        await trx.deleteFrom('idempotencyKeys').where('request', '=', found.number).execute();
        await parts.dequeueShards(trx, found.number);
        return found.number;
      });
      if (request === undefined) return false;
      await removeAll(request, removeFiles);
      return true;
    },

    async recover(removeFiles, before = Number.MAX_SAFE_INTEGER) {
      const unfinished = await db
        .selectFrom('requests')
        .select(['number', 'status'])
        .where('updatedAt', '<', before)
        .where((eb) =>
          eb.or([
            eb('status', 'in', ['Receiving', 'Deleting']),
            eb.and([
              eb('status', '=', 'Cancelled'),
              eb(eb('imagesDone', '+', eb.ref('imagesFailed')), '<', eb.ref('imagesTotal')),
            ]),
          ]),
        )
        .execute();
      for (const { number, status } of unfinished) {
        if (status === 'Cancelled') await failPending(number);
        else await removeAll(number, removeFiles);
      }
    },
  };
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

/** Removes every row of a request, the request itself last, so that a crash in between leaves it to `recover`. */
export async function dropRows(parts: StoreParts, request: number): Promise<void> {
  const { db } = parts;
  const keys = { images: 'number', products: 'row', rejected_rows: 'line' };
  for (const [table, key] of Object.entries(keys)) {
    const end = await endOf(parts, table, key, request);
    for (let from = 0; from < end; from += ROWS_AT_ONCE) {
      await sql`delete from ${sql.table(table)} where request = ${request}
        and ${sql.ref(key)} >= ${from} and ${sql.ref(key)} < ${from + ROWS_AT_ONCE}`.execute(db);
    }
  }
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('leases').where('request', '=', request).execute();
    await trx.deleteFrom('deliveryAttempts').where('request', '=', request).execute();
    await trx.deleteFrom('deliveries').where('request', '=', request).execute();
    await trx.deleteFrom('idempotencyKeys').where('request', '=', request).execute();
    await trx.deleteFrom('requests').where('number', '=', request).execute();
  });
}
