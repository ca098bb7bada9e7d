import { sql } from 'kysely';
import { parseImageKey, requestTag } from '../../domain/image.ts';
import type { RequestStore } from '../../pipeline/ports/store.ts';
import { jsonRows } from '../dialect.ts';
import type { StoreParts } from './store-parts.ts';

/** Which files of the storage the rows know. */
export function storedKeys({ db, dialect }: StoreParts): Pick<RequestStore, 'unknownKeys'> {
  return {
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
        keys.map((key) => [key]),
      );
      const { rows } = await sql<{ key: string }>`select new.key from ${asked} as new
        where not exists (select 1 from images where images.key = new.key)`.execute(db);
      return rows.map(({ key }) => key).filter((key) => !openTags.has(parseImageKey(key)?.tag ?? ''));
    },
  };
}
