import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atTheEnd } from '../support/at-the-end.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

test('a process that is suspended for longer than its limits loses no download for it', async () => {
  const jpeg = await photo(100, 80).jpeg().toBuffer();
  const host = createServer();
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    host.closeAllConnections();
    host.close();
  });
  const { port } = host.address() as AddressInfo;
  const pixmill = await startPixmill({
    env: { PIXMILL_MAX_FIRST_BYTE_SECONDS: '2', PIXMILL_MAX_DOWNLOAD_SECONDS: '2', PIXMILL_MAX_TRIES: '1' },
  });
  const asked = once(host, 'request');
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,http://127.0.0.1:${port}/a.jpg\n`;
  const { request_id: id } = (await (await pixmill.upload(csv)).json()) as { request_id: string };
  const [, response] = (await asked) as [unknown, ServerResponse];
  process.kill(pixmill.pid, 'SIGSTOP');
  // Twice the limits: the timers of the download are due when the process goes on.
  await sleep(5_000);
  process.kill(pixmill.pid, 'SIGCONT');
  // The timers of the process come first, and then the picture.
  assert.equal((await pixmill.call('/health')).status, 200);
  response.end(jpeg);
  assert.equal((await pixmill.finished(id)).status, 'Completed');
});
