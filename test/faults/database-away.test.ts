import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';

test('a stop while the database is away ends, and the next start does what could not be stored', async () => {
  const jpeg = await photo(80, 60).jpeg().toBuffer();
  const asked = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<void>();
  const origin = await startOrigin({
    '/a.jpg': async (_request, response) => {
      asked.resolve();
      await killed.promise;
      response.end(jpeg);
    },
  });
  const postgres = await startPostgres();
  const env = { PIXMILL_DATABASE_URL: await postgres.newDatabase(), PIXMILL_STOP_SECONDS: '1' };
  const pixmill = await startPixmill({ env });
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`);
  const { request_id } = (await upload.json()) as { request_id: string };
  await asked.promise;
  await postgres.kill();
  killed.resolve();
  while (!pixmill.log().includes('outcomes could not be stored, trying again')) await sleep(50);
  assert.equal(await pixmill.stop(), 0);
  assert.match(pixmill.log(), /their images are done again after the next start/);
  await postgres.start();
  const next = await startPixmill({ dataDir: pixmill.dataDir, env });
  assert.equal((await next.finished(request_id)).images_failed, 0);
});
