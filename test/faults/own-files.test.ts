import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decoderProcesses } from '../support/decoder-processes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

const IMAGES = 6;

test('whoever removes the folder of temporary files under a running server costs no image, and stopped decoders none either', async () => {
  const picture = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  const held: ServerResponse[] = [];
  const origin = await startOrigin({ '/a.jpg': (_, response) => held.push(response) });
  const pixmill = await startPixmill({ env: { PIXMILL_MAX_TRIES: '1', PIXMILL_LOG_LEVEL: 'info' } });
  const temporary = join(pixmill.dataDir, 'tmp');
  const rows = Array.from({ length: IMAGES }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id: id } = (await upload.json()) as { request_id: string };
  while (held.length < IMAGES) await sleep(10);

  rmSync(temporary, { recursive: true });
  writeFileSync(temporary, 'a file in its place');
  assert.equal((await pixmill.call('/ready')).status, 503);
  for (const response of held.splice(0)) response.end(picture);
  while (!pixmill.log().includes('storage_failed')) await sleep(20);
  rmSync(temporary);
  assert.equal((await pixmill.call('/ready')).status, 200);

  while (held.length < IMAGES) await sleep(20);
  for (const response of held) response.end(picture);
  // Both decoders stand still for longer than the first look at their time.
  const decoders = decoderProcesses(pixmill.pid).map(Number);
  for (const decoder of decoders) process.kill(decoder, 'SIGSTOP');
  await sleep(1_500);
  for (const decoder of decoders) process.kill(decoder, 'SIGCONT');
  const { status, images_failed } = await pixmill.finished(id);
  assert.deepEqual([status, images_failed], ['Completed', 0]);
});
