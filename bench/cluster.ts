/**
 * How throughput grows with workers: node bench/cluster.ts [images] [delay of the origin in ms].
 * One PostgreSQL, one shared folder for images, one API, and 1, 2 and 4 worker processes with one decoder each.
 */
import { test } from 'node:test';
import { photo } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { csvOf, startCountingOrigin } from './counting-origin.ts';

const images = Number(process.argv[2] ?? 2_000);
const delay = Number(process.argv[3] ?? 0);
const say = (line: string) => process.stderr.write(`${line}\n`);

const postgres = await startPostgres();

test(`1, 2 and 4 workers share ${images} images`, async () => {
  const picture = await photo(400, 300).jpeg({ quality: 95 }).toBuffer();
  for (const count of [1, 2, 4]) {
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
    const rate = (images / seconds).toFixed(0);
    say(
      `${count} worker(s): ${seconds.toFixed(1)} s, ${rate} images/s, ${status.images_failed} failed, ` +
        `${asked.links} links asked for ${asked.most === 1 ? 'once each' : `up to ${asked.most} times`}`,
    );
    await Promise.all([api, ...workers].map((pixmill) => pixmill.stop()));
    origin.close();
  }
});
