/**
 * A cluster under fire: node bench/soak-cluster.ts [images] [PostgreSQL kills] [most minutes].
 * Two workers are killed with -9 at random and started again, PostgreSQL is killed as often as asked for, while one
 * request runs; then what was promised is compared with the rows and the files.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { photo } from '../test/support/pictures.ts';
import { type RunningPixmill, spawnPixmill } from '../test/support/pixmill.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { clusterViolations } from './cluster-checker.ts';
import { csvOf, startCountingOrigin } from './counting-origin.ts';
import { args, printer } from './save-result.ts';

const images = Number(args[0] ?? 2_000);
const databaseKills = Number(args[1] ?? 20);
const mostMinutes = Number(args[2] ?? 5);
const say = printer(process.stderr);

const postgres = await startPostgres();

test('a cluster under fire loses nothing and doubles nothing', async () => {
  const origin = await startCountingOrigin(await photo(400, 300).jpeg({ quality: 95 }).toBuffer(), 300);
  const database = await postgres.newDatabase();
  const dataDir = temporaryFolder();
  const start = (role: string) =>
    spawnPixmill({
      dataDir,
      env: {
        PIXMILL_DATABASE_URL: database,
        PIXMILL_ROLE: role,
        PIXMILL_CONCURRENCY: '1',
        PIXMILL_DOWNLOADS: '4',
        PIXMILL_LOG_LEVEL: 'silent',
      },
    });
  const api = await start('api');
  const workers: RunningPixmill[] = await Promise.all([start('worker'), start('worker')]);
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const { request_id: id } = (await (await api.upload(csvOf(origin.url, images))).json()) as { request_id: string };
  const statusNow = async () => {
    const response = await api.call(`/api/status/${id}`);
    return response.ok ? ((await response.json()) as { finished_at: string | null }) : undefined;
  };

  let kills = 0;
  let workerKills = 0;
  for (; !(await statusNow())?.finished_at; ) {
    assert.ok(seconds() < mostMinutes * 60, `not finished after ${mostMinutes} minutes`);
    await sleep(500 + Math.random() * 1_500);
    if (kills < databaseKills) {
      kills++;
      await postgres.kill();
      await sleep(Math.random() * 500);
      await postgres.start();
    }
    // Not every time: a shard comes back some 12 s after its worker died.
    if (Math.random() < 0.3) {
      const victim = Math.floor(Math.random() * workers.length);
      await workers[victim]?.stop('SIGKILL');
      workers[victim] = await start('worker');
      workerKills++;
    }
  }
  const asked = await origin.asked();
  say(
    `${images} images in ${seconds().toFixed(0)} s: PostgreSQL killed ${kills} times, workers ${workerKills} times, ` +
      `${asked.links} links, none asked for more than ${asked.most} times`,
  );
  for (const pixmill of [api, ...workers]) await pixmill.stop();
  origin.close();
  const found = await clusterViolations(database, dataDir, id, images);
  say(`${found.length} violations`);
  assert.deepEqual(found, []);
});
