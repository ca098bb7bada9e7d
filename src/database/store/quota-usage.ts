import type { Kysely } from 'kysely';
import { dayOf, type Quotas, refuseOverQuota, type Usage } from '../../domain/quota.ts';
import type { Tables } from '../tables.ts';
import type { Transaction } from './store-parts.ts';

/** What an owner has used of its quotas; counted apart from the requests, which may be deleted meanwhile. */
export async function usageOf(db: Kysely<Tables>, owner: string, now: number): Promise<Usage> {
  const today = await db
    .selectFrom('dailyUsage')
    .select('images')
    .where('owner', '=', owner)
    .where('day', '=', dayOf(now))
    .executeTakeFirst();
  return { imagesToday: today?.images ?? 0, openRequests: await countOpen(db, owner) };
}

/**
 * Counts an upload that is being accepted; its own request is open already in this transaction.
 * @throws Problem `quota_exceeded`, which undoes the transaction
 */
export async function spend(
  trx: Transaction,
  owner: string,
  images: number,
  quotas: Quotas,
  now: number,
): Promise<void> {
  // Until we commit, other uploads of this owner wait for this row: of two at once, the later one sees the earlier one.
  const row = await trx
    .insertInto('dailyUsage')
    .values({ owner, day: dayOf(now), images })
    .onConflict((conflict) =>
      conflict.columns(['owner', 'day']).doUpdateSet((eb) => ({ images: eb('dailyUsage.images', '+', images) })),
    )
    .returning('images')
    .executeTakeFirstOrThrow();
  const used = { imagesToday: row.images - images, openRequests: (await countOpen(trx, owner)) - 1 };
  refuseOverQuota(quotas, used, images, now);
}

/** Requests of an owner that are not finished. */
export async function countOpen(db: Kysely<Tables>, owner: string): Promise<number> {
  const { count } = await db
    .selectFrom('requests')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('status', 'in', ['Pending', 'Processing'])
    .where('owner', '=', owner)
    .executeTakeFirstOrThrow();
  return Number(count);
}
