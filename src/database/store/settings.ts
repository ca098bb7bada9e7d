import { sql } from 'kysely';
import type { RequestStore } from '../../pipeline/ports/store.ts';
import type { StoreParts } from './store-parts.ts';

/** Values that live as long as the database, and are the same for every process. */
export function keptSettings({ db, now }: StoreParts): Pick<RequestStore, 'setting' | 'takeTurn' | 'ping'> {
  return {
    async setting(name, make) {
      await db
        .insertInto('settings')
        .values({ name, value: make() })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      // Read back: another process may have been first.
      const { value } = await db
        .selectFrom('settings')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return value;
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
            .where(sql<number>`cast(settings.value as bigint)`, '<=', now() - everyMs),
        )
        .returning('name')
        .executeTakeFirst();
      return taken !== undefined;
    },

    async ping() {
      await sql`select 1`.execute(db);
    },
  };
}
