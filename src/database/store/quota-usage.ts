import type { Kysely } from 'kysely';
import { dayOf, hasQuotas, type Quotas, refuseOverQuota, type Usage } from '../../domain/quota.ts';
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

type Counted = Partial<Omit<Tables['dailyUsage'], 'owner' | 'day'>>;

/**
 * Adds to what an owner has used today. Until the transaction ends, others who count for this owner wait for the row: it
 * is the last thing that a transaction locks, so that nobody waits in a circle.
 * @returns all images of today
 */
export async function addUsage(trx: Transaction, owner: string, now: number, counted: Counted): Promise<number> {
  const {
    requests = 0,
    images = 0,
    imagesReused: reused = 0,
    bytesTransferred: transferred = 0,
    bytesOut = 0,
  } = counted;
  const values = { requests, images, imagesReused: reused, bytesTransferred: transferred, bytesOut };
  const row = await trx
    .insertInto('dailyUsage')
    .values({ owner, day: dayOf(now), ...values })
    .onConflict((conflict) =>
      conflict.columns(['owner', 'day']).doUpdateSet((eb) => ({
        requests: eb('dailyUsage.requests', '+', requests),
        images: eb('dailyUsage.images', '+', images),
        imagesReused: eb('dailyUsage.imagesReused', '+', reused),
        bytesTransferred: eb('dailyUsage.bytesTransferred', '+', transferred),
        bytesOut: eb('dailyUsage.bytesOut', '+', bytesOut),
      })),
    )
    .returning('images')
    .executeTakeFirstOrThrow();
  return row.images;
}

/**
 * Counts images of an upload that is being accepted, or that are tried again; their request is open already in this
 * transaction. Of two at once, the later one waits for the row of `addUsage`, and sees the earlier one.
 * @throws Problem `quota_exceeded`, which undoes the transaction
 */
export async function spend(
  trx: Transaction,
  owner: string,
  counted: { requests: number; images: number },
  quotas: Quotas | undefined,
  now: number,
): Promise<void> {
  const imagesToday = await addUsage(trx, owner, now, counted);
  if (!quotas || !hasQuotas(quotas)) return;
  const used = { imagesToday: imagesToday - counted.images, openRequests: (await countOpen(trx, owner)) - 1 };
  refuseOverQuota(quotas, used, counted.images, now);
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
