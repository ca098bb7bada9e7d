import type { SessionStore } from '../../pipeline/ports/store/sessions.ts';
import type { StoreParts } from './store-parts.ts';

export function createSessionStore({ db, now }: StoreParts): SessionStore {
  return {
    async endSession(id, endsAt) {
      await db.deleteFrom('endedSessions').where('endsAt', '<', now()).execute();
      await db
        .insertInto('endedSessions')
        .values({ id, endsAt })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },

    async isSessionEnded(id) {
      const row = await db.selectFrom('endedSessions').select('id').where('id', '=', id).executeTakeFirst();
      return row !== undefined;
    },
  };
}
