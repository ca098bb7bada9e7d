import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { spawnPixmill, startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { violations } from './checker.ts';

const nodeOptions = ['--import', join(import.meta.dirname, 'break-files.ts')];
const STEPS = ['before sync', 'before rename', 'after rename', 'after folder sync', 'before commit'];
const jpeg = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
const origin = await startOrigin({ '/a.jpg': jpeg, '/hook': (_request, response) => response.writeHead(204).end() });

async function acknowledged(pixmill: Awaited<ReturnType<typeof startPixmill>>, images: number): Promise<string> {
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  return ((await upload.json()) as { request_id: string }).request_id;
}

for (const step of STEPS) {
  test(`killed again and again ${step}: every image is done once, with its whole file`, async () => {
    const dataDir = temporaryFolder();
    const first = await spawnPixmill({ dataDir, env: { PIXMILL_ROLE: 'api' } });
    const id = await acknowledged(first, 80);
    await first.stop();
    let killed = 0;
    for (const time of [1, 4]) {
      const env = { BREAK_KILL: `${step}:${time}` };
      // It may die before it listens, or finish before it comes to that step so often.
      const pixmill = await spawnPixmill({ dataDir, nodeOptions, env }).catch(() => undefined);
      const finished = pixmill ? await Promise.race([pixmill.ended, pixmill.finished(id).catch(() => null)]) : null;
      if (finished === null) killed++;
      await pixmill?.stop('SIGKILL');
    }
    assert.ok(killed >= 1);
    const last = await startPixmill({ dataDir });
    assert.equal((await last.finished(id)).images_failed, 0);
    await last.stop();
    const log = { acknowledged: new Map([[id, 80]]), webhooks: new Map([[id, ['none was asked for']]]) };
    assert.deepEqual(violations(dataDir, log), []);
  });
}

test('storage that fails for a while fails no image', async () => {
  const pixmill = await startPixmill({ nodeOptions, env: { BREAK_RENAME_MS: '3000' } });
  const id = await acknowledged(pixmill, 20);
  const done = await pixmill.finished(id);
  assert.deepEqual([done.images_processed, done.images_failed], [20, 0]);
});
