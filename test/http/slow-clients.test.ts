import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { httpServer } from '../support/http-server.ts';

/** A time-out for the head of an HTTP request that a test can wait for. */
const HEADERS_MS = 400;

const { server } = await httpServer({ headersMs: HEADERS_MS });
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;

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
  slow.write('GET /health HTTP/1.1\r\nHost: localhost\r\n');
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
    `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 40)}`,
  );
  await sleep(3 * HEADERS_MS);
  socket.write(body.slice(40));
  assert.match(await answer, /^HTTP\/1\.1 200 /);
});
