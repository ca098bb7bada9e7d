import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PgBoss } from 'pg-boss';
import pino from 'pino';
import { openPostgres } from '../../src/database/open-postgres.ts';
import type { Job, NewJob } from '../../src/pipeline/ports/queue.ts';
import { createPgBossQueue, type PgBossQueue } from '../../src/queue/pg-boss-queue.ts';
import { queueContract } from '../contracts/queue-contract.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startPostgres } from '../support/postgres.ts';

const server = await startPostgres();
const log = pino({ level: 'silent' });
let processes = 0;

/** A queue that comes to the database under a name of its own, as a process with its own connections does. */
async function openProcess(url: string) {
  const role = `process_${++processes}`;
  await server.admin(`create role ${role} superuser login password 'secret'`);
  const own = Object.assign(new URL(url), { username: role, password: 'secret' }).href;
  const database = await openPostgres(own);
  const queue = await createPgBossQueue(database, own, log);
  atTheEnd(async () => {
    await server.admin(`alter role ${role} login`);
    await queue.stop(0);
    await queue.close();
    await database.db.destroy();
  });
  return {
    queue,
    put: (jobs: NewJob[], options?: { replace: boolean }) =>
      database.db.transaction().execute((trx) => queue.enqueue(trx, jobs, options)),
    async putOld(kind: Job['kind'], request: number, part: number) {
      const boss = new PgBoss({ connectionString: own, schedule: false, supervise: false, migrate: false });
      await boss.start();
      await boss.insert(kind, [{ data: { request, part }, singletonKey: `${request}/${part}` }]);
      await boss.stop();
    },
    database,
    /** From now on the database hears nothing of it any more. */
    async die() {
      await server.admin(`alter role ${role} nologin`);
      await server.admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    },
  };
}

async function openBench() {
  const url = await server.newDatabase();
  let newest = await openProcess(url);
  const queues: PgBossQueue[] = [newest.queue];
  return {
    queue: newest.queue,
    put: newest.put,
    putOld: newest.putOld,
    async restart() {
      await newest.die();
      newest = await openProcess(url);
      queues.push(newest.queue);
      return newest.queue;
    },
    async close() {
      await newest.queue.stop(0);
      await newest.queue.close();
    },
  };
}

queueContract('pg-boss', openBench);

test('jobs of a transaction that is rolled back do not exist', async () => {
  const { database, queue } = await openProcess(await server.newDatabase());
  const broken = database.db.transaction().execute(async (trx) => {
    await queue.enqueue(trx, [{ kind: 'shard', request: 1, owner: '', shard: 0 }]);
    throw new Error('no');
  });
  await assert.rejects(broken, /no/);
  assert.equal(await queue.depth('shard'), 0);
});

test('shards that wait are taken out of the queue with their request, others stay', async () => {
  const { database, queue, put } = await openProcess(await server.newDatabase());
  await put(
    [1, 2].flatMap((request) => [0, 1].map((shard) => ({ kind: 'shard' as const, request, owner: '', shard }))),
  );
  await database.db.transaction().execute((trx) => queue.dequeueShards(trx, 1));
  assert.equal(await queue.depth('shard'), 2);
});

test('two processes share the jobs, each of them is done once', async () => {
  const url = await server.newDatabase();
  const workers = [await openProcess(url), await openProcess(url)];
  await workers[0]?.put(Array.from({ length: 200 }, (_, shard) => ({ kind: 'shard', request: 1, owner: '', shard })));
  const seen: [number, number][] = [];
  const all = Promise.withResolvers<void>();
  workers.forEach(({ queue }, worker) => {
    queue.consume('shard', { total: 3, ofCustomer: 3 }, async ({ shard }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (seen.push([worker, shard]) === 200) all.resolve();
      return 'finished';
    });
  });
  await all.promise;
  assert.equal(new Set(seen.map(([, shard]) => shard)).size, 200);
  assert.equal(new Set(seen.map(([worker]) => worker)).size, 2);
});
