import { sql } from 'kysely';
import { parseImageKey, requestTag } from '../../domain/image.ts';
import type { UpkeepStore } from '../../pipeline/ports/store/upkeep.ts';
import { jsonRows } from '../dialect.ts';
import { failPending, removeRequest } from './row-steps.ts';
import type { StoreParts } from './store-parts.ts';

/** The name under which the time is noted. */
const TIME = 'last_time';

const lastTurn = sql<number>`cast(settings.value as bigint)`;

export function createUpkeepStore(parts: StoreParts): UpkeepStore {
  const { db, dialect, now } = parts;
  return {
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
        if (status === 'Cancelled') await failPending(parts, number);
        else await removeRequest(parts, number, removeFiles);
      }
    },

    async finishedBefore(time, limit) {
      const rows = await db
        .selectFrom('requests')
        .select('id')
        .where('status', 'in', ['Completed', 'Failed', 'Cancelled'])
        .where('updatedAt', '<', time)
        .orderBy('updatedAt')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    async unknownKeys(keys) {
      // Before the rows: a request that ends in between has written the rows of all its files by then.
      const open = await db
        .selectFrom('requests')
        .select('secret')
        .where('status', 'in', ['Receiving', 'Pending', 'Processing', 'Deleting'])
        .execute();
      const openTags = new Set(open.map(({ secret }) => requestTag(Buffer.from(secret, 'hex'))));
      const asked = jsonRows(
        dialect,
        { key: 'text' },
        keys.map((key) => ({ key })),
      );
      const { rows } = await sql<{ key: string }>`select new.key from ${asked} as new
        where not exists (select 1 from images where images.key = new.key)`.execute(db);
      return rows.map(({ key }) => key).filter((key) => !openTags.has(parseImageKey(key)?.tag ?? ''));
    },

    async takeTurn(task, everyMs) {
      const value = String(now());
      const taken = await db
        .insertInto('settings')
        .values({ name: task, value })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ value })
            .where((eb) =>
              eb.or([
                eb(lastTurn, '<=', now() - everyMs),
                // By a clock that was ahead: else nothing would be done until that time has come.
                eb(lastTurn, '>', now() + everyMs),
              ]),
            ),
        )
        .returning('name')
        .executeTakeFirst();
      return taken !== undefined;
    },

    async lastTime() {
      const noted = await db.selectFrom('settings').select('value').where('name', '=', TIME).executeTakeFirst();
      if (noted) return Number(noted.value);
      const { newest } = await db
        .selectFrom('requests')
        .select((eb) => eb.fn.max('updatedAt').as('newest'))
        .executeTakeFirstOrThrow();
      return newest === null ? null : Number(newest);
    },

    async noteTime(time) {
      const value = String(time);
      await db
        .insertInto('settings')
        .values({ name: TIME, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
    },
  };
}
