import type { DeliveryStore } from '../../pipeline/ports/store/deliveries.ts';
import { recordColumns, toRecord } from './queries.ts';
import type { StoreParts } from './store-parts.ts';

export function createDeliveryStore(parts: StoreParts): DeliveryStore {
  const { db, dialect } = parts;
  return {
    async findDelivery(request, part) {
      const delivery = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('request', '=', request)
        .where('part', '=', part)
        .executeTakeFirst();
      const row = await db
        .selectFrom('requests')
        .select([...recordColumns(dialect), 'owner'])
        .where('number', '=', request)
        .where('status', '<>', 'Deleting')
        .executeTakeFirst();
      if (!delivery || !row) return undefined;
      const { owner, ...record } = row;
      return { delivery, record: toRecord(record), owner };
    },

    async recordAttempt(delivery, attempt) {
      const { request, part, step, state } = delivery;
      const { at, durationMs, statusCode, error, nextAt } = attempt;
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('deliveryAttempts')
          .values({ request, part, at, durationMs, statusCode, error, nextAt, state })
          .execute();
        await trx
          .updateTable('deliveries')
          .set({ step, state })
          .where('request', '=', request)
          .where('part', '=', part)
          .execute();
      });
    },

    async deliveries(request) {
      return db
        .selectFrom('deliveryAttempts')
        .innerJoin('deliveries', (join) =>
          join
            .onRef('deliveries.request', '=', 'deliveryAttempts.request')
            .onRef('deliveries.part', '=', 'deliveryAttempts.part'),
        )
        .select(['webhookId', 'url', 'deliveryAttempts.state', 'at', 'durationMs', 'statusCode', 'error', 'nextAt'])
        .where('deliveryAttempts.request', '=', request)
        .orderBy('at')
        .execute();
    },

    async redeliver(request) {
      return db.transaction().execute(async (trx) => {
        const newest = await trx
          .selectFrom('deliveries')
          .innerJoin('requests', 'requests.number', 'deliveries.request')
          .select(['part', 'owner'])
          .where('request', '=', request)
          .orderBy('part', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (!newest) return false;
        await trx
          .updateTable('deliveries')
          .set({ step: 0, state: 'waiting' })
          .where('request', '=', request)
          .where('part', '=', newest.part)
          .execute();
        await parts.enqueue(trx, [{ kind: 'webhook', request, delivery: newest.part, owner: newest.owner }], {
          replace: true,
        });
        return true;
      });
    },
  };
}
