import type { SettingStore } from '../../pipeline/ports/store/settings.ts';
import type { StoreParts } from './store-parts.ts';

export function createSettingStore({ db }: StoreParts): SettingStore {
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
  };
}
