import { sql } from 'kysely';
import type { RequestStore } from '../../pipeline/ports.ts';
import type { StoreParts } from './store-parts.ts';

/** Values that are made once and live as long as the database. */
export function keptSettings({ db }: StoreParts): Pick<RequestStore, 'setting' | 'ping'> {
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

    async ping() {
      await sql`select 1`.execute(db);
    },
  };
}
