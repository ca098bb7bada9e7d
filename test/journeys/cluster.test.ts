import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import sharp from 'sharp';
import { onlyInLongRun } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { runCommand } from '../support/run-command.ts';
import { S3_CREDENTIALS, startS3 } from '../support/s3.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const IMAGES = 200;

const server = await startPostgres();
const endpoint = await startS3();
const picture = await photo(400, 300).jpeg({ quality: 95 }).toBuffer();

interface Cluster {
  api: RunningPixmill;
  workers: RunningPixmill[];
  database: string;
}

/** One API and two workers that tell an origin their number, each with a data folder of its own as on three machines. */
async function startCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  const database = await server.newDatabase();
  const env = {
    ...S3_CREDENTIALS,
    PIXMILL_DATABASE_URL: database,
    PIXMILL_STORAGE_URL: `s3://images/shop?endpoint=${endpoint}`,
    PIXMILL_CONCURRENCY: '1',
    PIXMILL_DOWNLOADS: '4',
    ...settings,
  };
  const start = (role: string, name: string) =>
    startPixmill({ env: { ...env, PIXMILL_ROLE: role, PIXMILL_USER_AGENT: name } });
  const [api, ...workers] = await Promise.all([start('api', ''), start('worker', '0'), start('worker', '1')]);
  return { api, workers, database };
}

function csvOf(url: string, images = IMAGES): string {
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug ${index},${url}/a.jpg?${index}`);
  return `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
}

async function upload(api: RunningPixmill, csv: string): Promise<string> {
  const response = await api.upload(csv);
  assert.equal(response.status, 200);
  return ((await response.json()) as { request_id: string }).request_id;
}

/** Every image of the result is there under its link, and every link is another one. */
async function checkResult(api: RunningPixmill, id: string): Promise<string[]> {
  const status = await api.finished(id);
  assert.equal(status.status, 'Completed');
  const rows = parse(await (await api.call(`/api/download/${id}`)).text(), { columns: true }) as Record<
    string,
    string
  >[];
  const links = rows.map((row) => row['Output Image Urls'] ?? '');
  assert.equal(new Set(links).size, IMAGES);
  return links;
}

/** What the database says about a request: images that are done, the counter, and jobs that are left. */
async function account(database: string): Promise<{ done: number; counted: number }> {
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(`select images_done as counted,
    (select count(*)::int from images where status = 'done') as done from requests`);
  await client.end();
  return rows[0];
}

test('an API and two workers share a request: every link is asked for once, and the result is right', async () => {
  const origin = await startOrigin({ '/a.jpg': picture });
  const { api, workers, database } = await startCluster();
  const id = await upload(api, csvOf(origin.url));
  const links = await checkResult(api, id);
  for (const link of links.slice(0, 5)) {
    const { width, format } = await sharp(await (await fetch(link)).bytes()).metadata();
    assert.deepEqual([width, format], [400, 'jpeg']);
  }
  assert.equal(origin.asked.size, IMAGES);
  assert.deepEqual(new Set(origin.asked.values()), new Set([1]));
  assert.deepEqual(await account(database), { done: IMAGES, counted: IMAGES });
  // Each worker counts what it did, on its own port; the queue is the same wherever one asks.
  const expose = () => Promise.all([api, ...workers].map(async (part) => (await part.call('/metrics')).text()));
  const settled = (text = '') => Number(/images_total\{outcome="compressed",code=""\} (\d+)/.exec(text)?.[1]);
  let exposed = await expose();
  // A worker counts an image when it hears that it is stored: others may know that before.
  while (settled(exposed[1]) + settled(exposed[2]) < IMAGES) exposed = await expose();
  assert.equal(settled(exposed[1]) + settled(exposed[2]), IMAGES);
  assert.equal(settled(exposed[0]), 0);
  for (const text of exposed) assert.match(text, /^pixmill_job_oldest_seconds\{kind="shard"\} 0$/m);
  for (const pixmill of [api, ...workers]) assert.equal(await pixmill.stop(), 0, pixmill.log());
});

test('a worker that is killed in the middle costs nothing: the other one does the rest', async () => {
  const busy = Promise.withResolvers<number>();
  let calls = 0;
  const origin = await startOrigin({
    '/a.jpg': async ({ headers }, response) => {
      if (++calls === 60) busy.resolve(Number(headers['user-agent']));
      await sleep(20);
      response.end(picture);
    },
  });
  const { api, workers, database } = await startCluster();
  const id = await upload(api, csvOf(origin.url));
  await workers[await busy.promise]?.stop('SIGKILL');
  const killed = Date.now();
  await checkResult(api, id);
  assert.ok(Date.now() - killed < 60_000);
  assert.equal(origin.asked.size, IMAGES);
  assert.deepEqual(await account(database), { done: IMAGES, counted: IMAGES });
});

test('links can lead to where the world finds the bucket', { skip: onlyInLongRun }, async () => {
  const origin = await startOrigin({ '/a.jpg': picture });
  const { api } = await startCluster({ PIXMILL_STORAGE_PUBLIC_URL: `${endpoint}/images/shop` });
  const id = await upload(api, csvOf(origin.url));
  const [link = ''] = await checkResult(api, id);
  assert.match(link, /\/images\/shop\/[0-9a-z]{8}\/mug-0-1-[0-9a-z]{20}\.jpg$/);
  const response = await fetch(link);
  assert.equal(response.headers.get('content-type'), 'image/jpeg');
  assert.equal((await sharp(await response.bytes()).metadata()).width, 400);
});

test('a webhook names the addresses of the API that took the upload, not those of the worker that sends it', {
  skip: onlyInLongRun,
}, async () => {
  const received = Promise.withResolvers<{ data: Record<string, string> }>();
  const origin = await startOrigin({
    '/a.jpg': picture,
    '/hook': async (request, response) => {
      received.resolve(JSON.parse(await text(request)));
      response.end();
    },
  });
  const { api } = await startCluster();
  await api.upload(csvOf(origin.url, 1), { webhook_url: `${origin.url}/hook` });
  const { data } = await received.promise;
  assert.equal(data.download_url, `${api.url}/api/download/${data.request_id}`);
  assert.equal(data.details_url, `${api.url}/api/details/${data.request_id}`);
});

test('a database that is killed and comes back costs nothing: the API says 503 meanwhile', {
  skip: onlyInLongRun,
}, async () => {
  const origin = await startOrigin({
    '/a.jpg': async (_, response) => {
      await sleep(20);
      response.end(picture);
    },
  });
  const { api, database } = await startCluster({ PIXMILL_LOG_LEVEL: 'silent' });
  const id = await upload(api, csvOf(origin.url));
  for (let kill = 0; kill < 3; kill++) {
    const before = origin.asked.size;
    while (origin.asked.size < Math.min(before + 20, IMAGES)) await sleep(20);
    await server.kill();
    const paths = [`/api/status/${id}`, `/api/details/${id}?limit=1`, '/api/requests', '/ready'];
    for (const response of await Promise.all([...paths, ...paths].map((path) => api.call(path)))) {
      assert.equal(response.status, 503, response.url);
      assert.ok(response.headers.get('retry-after'));
    }
    const metrics = await (await api.call('/metrics')).text();
    assert.match(metrics, /^pixmill_reachable\{part="database"\} 0$/m);
    assert.doesNotMatch(metrics, /^pixmill_jobs\{/m);
    await server.start();
    for (let status = 503; status !== 200; await sleep(100)) {
      status = (await api.call(`/api/status/${id}`)).status;
      assert.ok(status === 200 || status === 503, `${status}`);
    }
  }
  await checkResult(api, id);
  assert.deepEqual(await account(database), { done: IMAGES, counted: IMAGES });
});

test('the first image of an upload starts within a second of the answer, also after PostgreSQL was away', async () => {
  let asked = Promise.withResolvers<number>();
  const origin = await startOrigin({
    '/a.jpg': (_, response) => {
      asked.resolve(performance.now());
      response.end(picture);
    },
  });
  const { api, database } = await startCluster({ PIXMILL_LOG_LEVEL: 'silent' });
  const msToFirstImage = async () => {
    asked = Promise.withResolvers();
    const id = await upload(api, `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`);
    const accepted = performance.now();
    const ms = (await asked.promise) - accepted;
    await api.finished(id);
    return ms;
  };
  // One after the other, each while nothing else is to do; the middle one, as this machine is busy with other tests.
  const usualMs = async () => {
    const all: number[] = [];
    while (all.length < 5) all.push(await msToFirstImage());
    return all.sort((a, b) => a - b)[2] ?? Infinity;
  };
  assert.ok((await usualMs()) < 1_000);

  await server.kill();
  await server.start();
  while ((await api.call('/ready')).status !== 200) await sleep(20);
  // Nobody may listen yet: then the next look at the queue finds it.
  assert.ok((await msToFirstImage()) < 5_000);
  const listening = `select from pg_stat_activity where datname = '${new URL(database).pathname.slice(1)}'
    and application_name = 'pixmill-queue' and query like any (array['LISTEN%', '%pg_listening_channels%'])`;
  while ((await server.admin(listening)).rows.length < 3) await sleep(50);
  assert.ok((await usualMs()) < 1_000);
});

test('a database that is not there ends the start with one sentence', async () => {
  const env = { PIXMILL_DATABASE_URL: 'postgres://me:hidden@127.0.0.1:1/shop' };
  const { exitCode, err } = await runCommand(['api'], { ...env, PIXMILL_DATA_DIR: temporaryFolder() });
  assert.equal(exitCode, 1);
  assert.match(err, /^The database 127\.0\.0\.1:1\/shop cannot be reached: [^\n]+\.\n$/m);
  assert.ok(!err.includes('hidden'));
});
