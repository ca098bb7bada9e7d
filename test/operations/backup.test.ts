import assert from 'node:assert/strict';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { onlyInLongRun } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a backup taken in the middle of work is whole, and a server that starts from it finishes the work', {
  skip: onlyInLongRun,
}, async () => {
  const origin = await startOrigin({ '/a.jpg': await photo(200, 150).jpeg({ quality: 95 }).toBuffer() });
  const pixmill = await startPixmill();
  const rows = Array.from({ length: 300 }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`).join('\n');
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows}\n`);
  const { request_id } = (await upload.json()) as { request_id: string };
  const processed = async () =>
    ((await (await pixmill.call(`/api/status/${request_id}`)).json()) as { images_processed: number }).images_processed;
  while ((await processed()) < 30);

  const copy = join(temporaryFolder(), 'copy.sqlite');
  const { exitCode, err } = await runCommand(['backup', copy], { PIXMILL_DATA_DIR: pixmill.dataDir });
  assert.equal(exitCode, 0, err);
  await pixmill.stop('SIGKILL');

  // The database of the backup, the images of the folder: what was stored later is stored again under the same names.
  const dataDir = temporaryFolder();
  mkdirSync(dataDir, { recursive: true });
  renameSync(copy, join(dataDir, 'pixmill.sqlite'));
  renameSync(join(pixmill.dataDir, 'images'), join(dataDir, 'images'));
  const restored = await startPixmill({ dataDir });
  const done = await restored.finished(request_id);
  assert.deepEqual([done.images_processed, done.images_failed], [300, 0]);
  assert.equal((await runCommand(['check-data'], { PIXMILL_DATA_DIR: dataDir })).exitCode, 0);
});
