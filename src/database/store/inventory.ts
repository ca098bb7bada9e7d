import { sql } from 'kysely';
import { REQUEST_STATUSES, type RequestStatus } from '../../domain/request.ts';
import type { Inventory } from '../../pipeline/ports/store/inventory.ts';
import type { StoreParts } from './store-parts.ts';

export function createInventory({ db }: StoreParts): Inventory {
  return {
    async inventory() {
      const rows = await db
        .selectFrom('requests')
        .select((eb) => ['status', eb.fn.countAll().as('requests'), eb.fn.sum('bytesOut').as('bytesOut')])
        .where('status', 'in', REQUEST_STATUSES)
        .groupBy('status')
        .execute();
      return rows.map(({ status, requests, bytesOut }) => ({
        status: status as RequestStatus,
        requests: Number(requests),
        bytesOut: Number(bytesOut),
      }));
    },

    async ping() {
      await sql`select 1`.execute(db);
    },
  };
}
