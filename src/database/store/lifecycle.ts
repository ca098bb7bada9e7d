import { sql } from 'kysely';
import { SHARD_SIZE } from '../../domain/request.ts';
import type { RequestLifecycle } from '../../pipeline/ports/store/lifecycle.ts';
import { countOpen, spend } from './quota-usage.ts';
import { failPending, removeRequest } from './row-steps.ts';
import type { StoreParts, Transaction } from './store-parts.ts';

/** Each change first makes its intent durable, so that `recover` of upkeep.ts can carry on after a crash. */
export function createRequestLifecycle(parts: StoreParts): RequestLifecycle {
  const { db, now } = parts;

  /** Finds a request that may be changed from `statuses`, locked until the transaction ends where that is needed. */
  async function find(trx: Transaction, id: string, owner: string | undefined, statuses: readonly string[]) {
    let query = trx.selectFrom('requests').select(['number', 'status', 'owner']).where('id', '=', id);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    if (parts.dialect === 'postgres') query = query.forUpdate();
    const row = await query.executeTakeFirst();
    return row && statuses.includes(row.status) ? row : undefined;
  }

  return {
    async retryFailed(id, owner, quotas) {
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
        const rank = await countOpen(trx, found.owner);
        await parts.enqueue(
          trx,
          [...shards].map((shard) => ({ kind: 'shard' as const, request, shard, owner: found.owner, rank })),
          { replace: true },
        );
        // Last, since the owner's uploads wait from here on.
        await spend(trx, found.owner, { requests: 0, images: rows.length }, quotas, now());
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
      await failPending(parts, request);
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
      await removeRequest(parts, request, removeFiles);
      return true;
    },
  };
}
