import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';

const GOOD = 'S. No.,Product Name,Input Image Urls\n1,SKU1,http://127.0.0.1:1/a.jpg\n';
const pixmill = await startPixmill();

async function refused(sent: Promise<Response>, status: number, code: string): Promise<void> {
  const response = await sent;
  assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [status, code]);
}

test('a refusal reaches a client that is still sending', async () => {
  const long = GOOD + ' '.repeat(8_000_000);
  await refused(pixmill.upload(long, { quality: '5'.repeat(5_000) }), 422, 'invalid_option');
  const two = new FormData();
  two.append('file', new File([GOOD], 'a.csv'));
  two.append('file', new File([long], 'b.csv'));
  await refused(pixmill.call('/api/upload', { method: 'POST', body: two }), 400, 'several_files');
});

test('a client that goes away in the middle leaves nothing', async () => {
  const { port } = new URL(pixmill.url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n`;
  socket.write(`${head}--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${GOOD}`);
  while (temporaryFiles(pixmill.dataDir).length === 0) await new Promise(setImmediate);
  socket.destroy();
  while (temporaryFiles(pixmill.dataDir).length > 0) await new Promise(setImmediate);
});

test('nothing stays of all that: no request, no file, no line in the log', async () => {
  const { requests } = (await (await pixmill.call('/api/requests')).json()) as { requests: unknown[] };
  assert.deepEqual(requests, []);
  assert.deepEqual(temporaryFiles(pixmill.dataDir), []);
  assert.equal(pixmill.log(), '');
});
