import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { v7 } from 'uuid';
import type { Database } from '../../src/database/open-database.ts';
import { openPostgres } from '../../src/database/open-postgres.ts';
import { createRequestStore } from '../../src/database/request-store.ts';
import type { JobKind } from '../../src/pipeline/ports/queue.ts';
import { fromStored, type StoredJob, toStored } from '../../src/queue/stored-job.ts';
import { storeContract } from '../contracts/store-contract.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startPostgres } from '../support/postgres.ts';
import { done, newProducts, newRequest, publish } from '../support/rows.ts';

const server = await startPostgres();

async function open(...settings: Parameters<typeof openPostgres>): Promise<Database> {
  const database = await openPostgres(...settings);
  atTheEnd(() => database.db.destroy());
  return database;
}

/** The queue has a test of its own; here jobs are a list that commits with the rows. */
async function postgresStore() {
  let now = 1_000;
  const database = await open(await server.newDatabase());
  await sql`create table job_list (id serial, kind text, request bigint, part integer, unique (kind, request, part))`.execute(
    database.db,
  );
  return {
    database,
    store: createRequestStore({
      database,
      async enqueue(trx, jobs) {
        for (const job of jobs) {
          const { kind } = job;
          const { request, part } = toStored(job);
          await sql`insert into job_list (kind, request, part) values (${kind}, ${request}, ${part})
            on conflict do nothing`.execute(trx);
        }
      },
      async dequeueShards(trx, request) {
        await sql`delete from job_list where request = ${request} and kind = 'shard'`.execute(trx);
      },
      now: () => now,
      newId: v7,
    }),
    async jobs() {
      const list = sql<StoredJob & { kind: JobKind }>`select kind, request, part from job_list order by id`;
      const { rows } = await list.execute(database.db);
      return rows.map(({ kind, ...stored }) => fromStored(kind, stored));
    },
    setTime: (time: number) => {
      now = time;
    },
  };
}

storeContract('PostgreSQL', postgresStore);

test('many processes may open a new database at once', async () => {
  const url = await server.newDatabase();
  await Promise.all(Array.from({ length: 5 }, () => open(url)));
});

test('a database that may lose commits is refused, unless it is asked for', async () => {
  const url = await server.newDatabase();
  await server.admin(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
  await assert.rejects(openPostgres(url), { name: 'DatabaseUnusable', message: /synchronous_commit off/ });
  await open(url, { unsafe: true });
});

test('a database that cannot be reached is said so in one sentence, without the password', async () => {
  await assert.rejects(openPostgres('postgres://me:hidden@127.0.0.1:1/pixmill'), (error: Error) => {
    assert.equal(error.name, 'DatabaseUnusable');
    assert.match(error.message, /^The database 127\.0\.0\.1:1\/pixmill cannot be reached: [^.]+127\.0\.0\.1:1\.$/);
    return true;
  });
});

test('texts that PostgreSQL has no room for do not stop an upload', async () => {
  const { store } = await postgresStore();
  const number = await store.beginRequest(newRequest({ fileName: 'a\0b.csv' }));
  const [product] = newProducts([['https://a/\0\ud800.jpg']]);
  assert.ok(product);
  await store.appendProducts(number, [{ ...product, name: 'Mug\0', cells: ['\0', null] }]);
  const [stored] = await store.products(number, { from: 0, limit: 9 });
  assert.equal(stored?.images[0]?.inputUrl, 'https://a/\ufffd\ufffd.jpg');
});

test('an image that two processes settle at the same time is counted once, and a cancellation loses nothing', async () => {
  const { store } = await postgresStore();
  for (let round = 0; round < 10; round++) {
    const links = Array.from({ length: 100 }, (_, index) => [`https://a/${round}-${index}`]);
    const { id, number } = await publish(store, links);
    const outcomes = links.map((_, index) => ({
      request: number,
      number: index,
      attempts: 1,
      lease: 9,
      settlement: done('k'),
    }));
    await Promise.all([
      store.recordOutcomes(outcomes.slice(0, 70)),
      store.recordOutcomes(outcomes.slice(30).toReversed()),
      ...(round % 2 === 0 ? [store.cancelRequest(id)] : []),
    ]);
    const progress = await store.progress(id);
    assert.ok(progress);
    assert.equal(progress.imagesDone + progress.imagesFailed, 100);
    const images = (await store.products(number, { from: 0, limit: 200 })).flatMap((product) => product.images);
    assert.equal(images.filter(({ status }) => status === 'done').length, progress.imagesDone);
  }
});
