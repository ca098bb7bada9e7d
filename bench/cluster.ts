/**
 * How throughput grows with workers: node bench/cluster.ts [images] [delay of the origin in ms] [rounds].
 * One PostgreSQL, one shared folder for images, one API, and 1, 2 and 4 worker processes with one decoder each, in turn.
 */
import { test } from 'node:test';
import { photo } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { csvOf, startCountingOrigin } from './counting-origin.ts';
import { median } from './photos.ts';
import { args, printer } from './save-result.ts';

const images = Number(args[0] ?? 2_000);
const delay = Number(args[1] ?? 0);
const rounds = Number(args[2] ?? 5);
const say = printer(process.stderr);

const postgres = await startPostgres();

/** One request through that many workers. @returns images a second */
async function throughput(picture: Uint8Array, count: number): Promise<number> {
  const origin = await startCountingOrigin(picture, delay);
  const env = {
    PIXMILL_DATABASE_URL: await postgres.newDatabase(),
    PIXMILL_CONCURRENCY: '1',
    PIXMILL_DOWNLOADS: '8',
    PIXMILL_DOWNLOADS_PER_HOST: '8',
  };
  const dataDir = temporaryFolder();
  const start = (role: string) => spawnPixmill({ dataDir, env: { ...env, PIXMILL_ROLE: role } });
  const api = await start('api');
  const workers = await Promise.all(Array.from({ length: count }, () => start('worker')));
  const began = performance.now();
  const { request_id } = (await (await api.upload(csvOf(origin.url, images))).json()) as { request_id: string };
  const status = await api.finished(request_id);
  const seconds = (performance.now() - began) / 1_000;
  const asked = await origin.asked();
  const rate = images / seconds;
  say(
    `${count} worker(s): ${seconds.toFixed(1)} s, ${rate.toFixed(0)} images/s, ${status.images_failed} failed, ` +
      `${asked.links} links asked for ${asked.most === 1 ? 'once each' : `up to ${asked.most} times`}`,
  );
  await Promise.all([api, ...workers].map((pixmill) => pixmill.stop()));
  origin.close();
  return rate;
}

test(`1, 2 and 4 workers share ${images} images`, async () => {
  const picture = await photo(400, 300).jpeg({ quality: 95 }).toBuffer();
  const rates = new Map<number, number[]>([1, 2, 4].map((count) => [count, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [count, measured] of rates) measured.push(await throughput(picture, count));
  }
  for (const [count, measured] of rates) say(`${count} worker(s): median ${median(measured).toFixed(0)} images/s`);
});
