import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { onlyInLongRun } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { clusterViolations, imagesInFolder } from './cluster-checker.ts';

const IMAGES = 20;

const server = await startPostgres();

test('a worker that freezes while it stores results holds up nobody for long, and its late results are refused', {
  skip: onlyInLongRun,
}, async () => {
  const picture = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  const held: ServerResponse[] = [];
  const origin = await startOrigin({
    '/a.jpg': ({ headers }, response) => {
      if (headers['user-agent'] === 'heir') held.push(response);
      else response.end(picture);
    },
  });
  const database = await server.newDatabase();
  const dataDir = temporaryFolder();
  const start = (role: string, name: string) =>
    startPixmill({
      dataDir,
      env: {
        PIXMILL_DATABASE_URL: database,
        PIXMILL_ROLE: role,
        PIXMILL_USER_AGENT: name,
        PIXMILL_DOWNLOADS_PER_HOST: String(IMAGES),
        PIXMILL_CONCURRENCY: '1',
        PIXMILL_LOG_LEVEL: 'info',
      },
    });
  const api = await start('api', '');
  const rows = Array.from({ length: IMAGES }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const upload = await api.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id: id } = (await upload.json()) as { request_id: string };

  // Where the first results wait for the row of the request, in the middle of their transaction.
  const client = new pg.Client(database);
  await client.connect();
  const sessions = async (what: string) =>
    (await client.query(`select pid from pg_stat_activity where application_name = 'pixmill' and ${what}`)).rows.length;
  await client.query(`update requests set status = 'Processing'`);
  await client.query('begin; select from requests for update');
  const frozen = await start('worker', 'frozen');
  const stored = async () =>
    /stage_seconds_count{stage="store"} (\d+)/.exec(await (await frozen.call('/metrics')).text());
  while (Number((await stored())?.[1]) < IMAGES || (await sessions(`wait_event_type = 'Lock'`)) === 0) await sleep(20);
  process.kill(frozen.pid, 'SIGSTOP');
  await client.query('rollback');
  const frozenAt = Date.now();

  const heir = await start('worker', 'heir');
  while (held.length < IMAGES) await sleep(20);
  while ((await sessions(`state like 'idle in transaction%'`)) > 0) {
    assert.ok(Date.now() - frozenAt < 30_000, 'it still holds its locks');
    await sleep(20);
  }

  // The heir has the shard and no result yet: nothing but the lease keeps the late results out.
  process.kill(frozen.pid, 'SIGCONT');
  while (!frozen.log().includes('shard worked on')) await sleep(20);
  assert.match(frozen.log(), /outcomes could not be stored, trying again/);
  const status = (await (await api.call(`/api/status/${id}`)).json()) as { images_processed: number };
  assert.equal(status.images_processed, 0);

  for (const response of held) response.end(picture);
  assert.equal((await api.finished(id)).status, 'Completed');
  assert.deepEqual(new Set(origin.asked.values()), new Set([2]));
  await client.end();
  for (const pixmill of [api, frozen, heir]) assert.equal(await pixmill.stop(), 0, pixmill.log());
  const log = { acknowledged: new Map([[id, IMAGES]]) };
  assert.deepEqual(await clusterViolations(database, imagesInFolder(dataDir), log), []);
});
