import { sql } from 'kysely';
import { customerOf, ownerOfCustomer } from '../../domain/customer.ts';
import { REQUEST_STATUSES } from '../../domain/request.ts';
import type { CustomerStore } from '../../pipeline/ports/store/customers.ts';
import type { StoreParts, Transaction } from './store-parts.ts';

const USED = ['requests', 'images', 'imagesReused', 'bytesTransferred', 'bytesOut'] as const;

export function createCustomerStore({ db }: StoreParts): CustomerStore {
  return {
    async claimKey(owner, customer) {
      return db.transaction().execute(async (trx) => {
        await trx
          .insertInto('claimedKeys')
          .values({ owner, customer })
          .onConflict((conflict) => conflict.column('owner').doNothing())
          .execute();
        const claim = await trx
          .selectFrom('claimedKeys')
          .select('customer')
          .where('owner', '=', owner)
          .executeTakeFirstOrThrow();
        // Each time: a process that still knows the key as a plain one may have taken uploads since.
        await moveRows(trx, owner, ownerOfCustomer(claim.customer));
        return claim.customer;
      });
    },

    async claims(owners) {
      if (owners.length === 0) return new Map();
      const rows = await db.selectFrom('claimedKeys').selectAll().where('owner', 'in', owners).execute();
      return new Map(rows.map((row) => [row.owner, row.customer]));
    },

    async hasRequests(owner) {
      const found = await db
        .selectFrom('requests')
        .select('number')
        .where('owner', '=', owner)
        .where('status', 'in', REQUEST_STATUSES)
        .limit(1)
        .executeTakeFirst();
      return found !== undefined;
    },

    async usedDays({ owner, from, to }) {
      let query = db
        .selectFrom('dailyUsage')
        .select(['owner', 'day', ...USED])
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('owner')
        .orderBy('day');
      if (owner !== undefined) query = query.where('owner', '=', owner);
      return query.execute();
    },

    async requestsOf(owner, limit) {
      const rows = await db
        .selectFrom('requests')
        .select('id')
        .where('owner', '=', owner)
        .where('status', 'in', REQUEST_STATUSES)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    async forgetCustomer(owner) {
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom('idempotencyKeys').where('owner', '=', owner).execute();
        await trx.deleteFrom('dailyUsage').where('owner', '=', owner).execute();
        const customer = customerOf(owner);
        if (customer !== undefined) await trx.deleteFrom('claimedKeys').where('customer', '=', customer).execute();
      });
    },
  };
}

/** Where both have a row with the same key, what is counted is added up, and of what is not the receiver keeps its own. */
async function moveRows(trx: Transaction, from: string, to: string): Promise<void> {
  await trx.updateTable('requests').set({ owner: to }).where('owner', '=', from).execute();
  await sql`update idempotency_keys set owner = ${to} where owner = ${from} and not exists
    (select 1 from idempotency_keys as own where own.owner = ${to} and own.key = idempotency_keys.key)`.execute(trx);
  await trx.deleteFrom('idempotencyKeys').where('owner', '=', from).execute();
  await sql`insert into daily_usage (owner, day, requests, images, images_reused, bytes_transferred, bytes_out)
    select ${to}, day, requests, images, images_reused, bytes_transferred, bytes_out from daily_usage
      where owner = ${from}
    on conflict (owner, day) do update set requests = daily_usage.requests + excluded.requests,
      images = daily_usage.images + excluded.images,
      images_reused = daily_usage.images_reused + excluded.images_reused,
      bytes_transferred = daily_usage.bytes_transferred + excluded.bytes_transferred,
      bytes_out = daily_usage.bytes_out + excluded.bytes_out`.execute(trx);
  await trx.deleteFrom('dailyUsage').where('owner', '=', from).execute();
}
