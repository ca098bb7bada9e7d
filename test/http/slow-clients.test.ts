import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { v7 } from 'uuid';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { createServer } from '../../src/http/server.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { NO_TRACING } from '../../src/observability/tracing.ts';
import { type AcceptContext, acceptUpload } from '../../src/pipeline/accept-upload.ts';
import { LASTING_LINKS } from '../../src/results/image-links.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const HEADERS_MS = 400;

/** The API over a real store, with a head time-out that a test can wait for. @returns its port */
async function listen(): Promise<number> {
  const { store } = await sqliteStore();
  const folder = temporaryFolder();
  const context: AcceptContext = {
    store,
    observer: UNOBSERVED,
    limits: DEFAULT_LIMITS,
    webhookProblem: () => undefined,
    defaultWebhookUrl: null,
    storagePublicUrl: null,
    newId: v7,
    now: Date.now,
  };
  const server = await createServer({
    store,
    storage: createFileStorage({ root: join(folder, 'images'), folders: 'by-request' }),
    acceptUpload: (form) => acceptUpload(form, context),
    stagingDir: folder,
    limits: DEFAULT_LIMITS,
    publicUrl: () => 'http://pixmill.example',
    links: LASTING_LINKS,
    redirectToStorage: false,
    headersMs: HEADERS_MS,
    apiKeys: [],
    callsPerMinute: 0,
    trustProxy: false,
    corsOrigins: [],
    metrics: createMetrics({ version: '', role: 'api' }),
    tracing: NO_TRACING,
    now: Date.now,
    log: pino({ level: 'silent' }),
    version: '',
    ready: async () => undefined,
  });
  atTheEnd(() => server.close());
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

const port = await listen();

async function client(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('a client that sends its head bit by bit is cut off with 408, and others are answered meanwhile', async () => {
  const slow = await client();
  const started = performance.now();
  let answer = '';
  slow.on('data', (data) => {
    answer += data;
  });
  // Of writing on after the end.
  slow.on('error', () => undefined);
  slow.write('GET /health HTTP/1.1\r\nHost: x\r\n');
  const drip = setInterval(() => slow.write('a: b\r\n'), 20);
  const cut = new Promise((resolve) => slow.on('close', resolve)).finally(() => clearInterval(drip));
  let answered = 0;
  while (!slow.closed) {
    assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
    answered++;
  }
  await cut;
  assert.match(answer, /^HTTP\/1\.1 408 /);
  // Node's own look at its connections comes after 30 s.
  assert.ok(performance.now() - started < 20_000);
  assert.ok(answered > 3, `${answered} others answered`);
});

test('an upload whose head came in time may take longer for its body', async () => {
  const body =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' +
    'S. No.,Product Name,Input Image Urls\n1,Mug,https://shop.example/a.jpg\n\r\n--x--\r\n';
  const socket = await client();
  const answer = text(socket);
  socket.write(
    `POST /api/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 40)}`,
  );
  await sleep(3 * HEADERS_MS);
  socket.write(body.slice(40));
  assert.match(await answer, /^HTTP\/1\.1 200 /);
});
