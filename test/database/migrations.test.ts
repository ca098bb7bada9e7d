import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { v7 } from 'uuid';
import { openSqlite } from '../../src/database/open-database.ts';
import { createRequestStore } from '../../src/database/request-store.ts';
import { DEFAULT_OPTIONS } from '../../src/domain/options.ts';
import { publish } from '../support/rows.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('an older database is brought up to date, and its requests learn where they were uploaded and keep their options', async () => {
  const file = join(temporaryFolder(), 'pixmill.sqlite');
  const open = async () => {
    const database = await openSqlite(file);
    const jobs = { enqueue: async () => undefined, dequeueShards: async () => undefined };
    return { database, store: createRequestStore({ database, ...jobs, now: Date.now, newId: v7 }) };
  };
  const { database, store } = await open();
  const ours = await publish(store, [['https://a/1']], { request: { linkBase: 'https://shop.example/api/image/' } });
  const cdn = await publish(store, [['https://a/1']], { request: { linkBase: 'https://cdn.example/7kq2m9xd/' } });
  await sql`update requests set rejected_total = 2 where id = ${cdn.id}`.execute(database.db);
  for (const undo of [
    'alter table images drop column placeholder',
    'drop table image_renditions',
    'alter table requests drop column search_text',
    'alter table requests drop column options',
    'alter table requests add column quality integer not null default 70',
    'alter table requests add column scale integer not null default 25',
    "alter table requests add column format text not null default 'webp'",
    "alter table requests add column effort text not null default 'small'",
    'alter table requests drop column public_url',
    'drop index images_stored',
    'drop table claimed_keys',
    'drop table ended_sessions',
    'drop table daily_usage',
    'drop table image_notes',
    'drop table note_counts',
    'drop index jobs_in_turn',
    'drop index jobs_by_time',
    'alter table jobs drop column owner',
    'alter table jobs drop column turn',
    'create index jobs_in_turn on jobs (kind, taken, part, id)',
    'alter table products drop column name_row',
    "delete from kysely_migration where name >= '004'",
  ]) {
    await sql.raw(undo).execute(database.db);
  }
  await database.db.destroy();

  const again = await open();
  assert.equal((await again.store.findRequest(ours.id))?.publicUrl, 'https://shop.example');
  assert.equal((await again.store.findRequest(cdn.id))?.publicUrl, null);
  const options = { ...DEFAULT_OPTIONS, quality: 70, scale: 25, format: 'webp', effort: 'small' };
  assert.deepEqual((await again.store.progress(ours.id))?.options, { ...options, on_error: 'refuse' });
  assert.deepEqual((await again.store.findRequest(cdn.id))?.options, { ...options, on_error: 'skip' });
  assert.equal((await again.store.listRequests({ limit: 9, text: 'PRODUCTS' })).length, 2);
  assert.deepEqual(await again.store.usage(''), { imagesToday: 0, openRequests: 2 });
  await again.database.db.destroy();
});
