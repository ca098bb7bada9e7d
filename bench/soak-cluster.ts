/**
 * A cluster under fire: node bench/soak-cluster.ts [images] [PostgreSQL kills] [minutes].
 * Two workers are killed with -9 at random moments and started again, PostgreSQL is killed as often as asked for, while
 * requests of 200 images with webhooks come in and are worked on; then what was promised is compared with the rows, the
 * bucket and what the webhooks' receiver got.
 */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type ClusterLog, clusterViolations } from '../test/faults/cluster-checker.ts';
import { startOrigin } from '../test/support/origin.ts';
import { photo } from '../test/support/pictures.ts';
import { type RunningPixmill, spawnPixmill } from '../test/support/pixmill.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { S3_CREDENTIALS, startS3Server } from '../test/support/s3.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { csvOf, startCountingOrigin } from './counting-origin.ts';
import { args, printer } from './save-result.ts';

const images = Number(args[0] ?? 10_000);
const databaseKills = Number(args[1] ?? 20);
const minutes = Number(args[2] ?? 5);
const say = printer(process.stderr);

const IMAGES_PER_REQUEST = 200;
/** Between two kills of a worker on average; a shard comes back some 12 s after its worker died. */
const WORKER_PAUSE_MS = 6_000;
/** After the last kill. */
const LONGEST_REST_MS = 600_000;

const postgres = await startPostgres();
const bucket = await startS3Server();

test('a cluster under fire loses nothing and doubles nothing', async () => {
  const log = { acknowledged: new Map<string, number>(), webhooks: new Map<string, string[]>() } satisfies ClusterLog;
  const origin = await startCountingOrigin(await photo(200, 150).jpeg({ quality: 95 }).toBuffer(), 350);
  const receiver = await startOrigin({
    '/hook': async (request, response) => {
      const id = (JSON.parse(await text(request)) as { data: { request_id: string } }).data.request_id;
      const before = log.webhooks.get(id) ?? [];
      log.webhooks.set(id, [...before, String(request.headers['webhook-id'])]);
      // Receivers fail now and then, too.
      response.writeHead(before.length === 0 && Math.random() < 0.25 ? 500 : 204).end();
    },
  });
  const database = await postgres.newDatabase();
  const start = (role: string) =>
    spawnPixmill({
      dataDir: temporaryFolder(),
      env: {
        ...S3_CREDENTIALS,
        PIXMILL_DATABASE_URL: database,
        PIXMILL_STORAGE_URL: `s3://images?endpoint=${bucket.endpoint}`,
        PIXMILL_ROLE: role,
        PIXMILL_CONCURRENCY: '1',
        PIXMILL_DOWNLOADS: '8',
        PIXMILL_LOG_LEVEL: 'silent',
      },
    });
  const api = await start('api');
  const workers: RunningPixmill[] = await Promise.all([start('worker'), start('worker')]);

  /** Uploads one request until it is acknowledged; a key makes the repetition harmless. */
  async function upload(number: number): Promise<void> {
    for (;;) {
      const form = new FormData();
      form.set('webhook_url', `${receiver.url}/hook`);
      form.set('file', new File([csvOf(`${origin.url}/${number}`, IMAGES_PER_REQUEST)], 'products.csv'));
      const headers = { 'idempotency-key': `request-${number}` };
      const response = await api.call('/api/upload', { method: 'POST', body: form, headers });
      const { request_id } = (await response.json()) as { request_id: string };
      if (response.status === 200) return void log.acknowledged.set(request_id, IMAGES_PER_REQUEST);
      assert.equal(response.status, 503);
      await sleep(100);
    }
  }

  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const kills = { database: 0, worker: 0 };
  const busy = () => elapsed() < minutes * 60_000;
  const killing = [
    (async () => {
      const pause = (minutes * 60_000) / databaseKills;
      for (; kills.database < databaseKills; kills.database++) {
        await sleep(Math.max(0, (kills.database + Math.random()) * pause - elapsed()));
        await postgres.kill();
        await sleep(Math.random() * 1_000);
        await postgres.start();
      }
    })(),
    (async () => {
      for (; busy(); kills.worker++) {
        await sleep(Math.random() * 2 * WORKER_PAUSE_MS);
        const victim = Math.floor(Math.random() * workers.length);
        await workers[victim]?.stop('SIGKILL');
        workers[victim] = await startAgain();
      }
    })(),
  ];

  /** PostgreSQL may be killed while the worker starts: it ends then, and whatever runs it starts it once more. */
  async function startAgain(): Promise<RunningPixmill> {
    for (;;) {
      const worker = await start('worker').catch(() => undefined);
      if (worker) return worker;
      await sleep(500);
    }
  }

  async function finished(id: string): Promise<boolean> {
    const response = await api.call(`/api/status/${id}`);
    const status = (await response.json()) as { finished_at?: string | null };
    return Boolean(status.finished_at) && log.webhooks.has(id);
  }

  // Over the first half of the time, so that uploads come under fire as well.
  const requests = images / IMAGES_PER_REQUEST;
  for (let number = 0; number < requests; number++) {
    await sleep((minutes * 30_000) / requests);
    await upload(number);
  }
  say(`${log.acknowledged.size} requests acknowledged after ${(elapsed() / 1_000).toFixed(0)} s`);
  for (const id of log.acknowledged.keys()) {
    while (!(await finished(id))) {
      assert.ok(elapsed() < minutes * 60_000 + LONGEST_REST_MS, `${id} is not finished`);
      await sleep(200);
    }
  }
  const seconds = elapsed() / 1_000;
  await Promise.all(killing);
  await jobsDone(database);
  const asked = await origin.asked();
  const calls = [...log.webhooks.values()].flat().length;
  say(
    `${images} images in ${seconds.toFixed(0)} s: PostgreSQL killed ${kills.database} times, workers ${kills.worker} ` +
      `times; ${asked.links} links, none asked for more than ${asked.most} times; ${calls} calls for ` +
      `${log.webhooks.size} webhooks`,
  );
  for (const pixmill of [api, ...workers]) await pixmill.stop();
  origin.close();
  const found = await clusterViolations(database, bucket.stored(), log);
  say(`${found.length} violations`);
  assert.deepEqual(found, []);
});

/** A job whose end could not be stored, or a webhook that failed once, comes back a little later. */
async function jobsDone(database: string): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  const left = async () => (await client.query("select from pgboss.job where state < 'completed'")).rows.length;
  for (const latest = Date.now() + 60_000; Date.now() < latest && (await left()) > 0; ) await sleep(200);
  await client.end();
}
