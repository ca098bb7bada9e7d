import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import sharp from 'sharp';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';

const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
const pixmill = await startPixmill({ env: { PIXMILL_MAX_CSV_BYTES: '200000' } });
const HEADER = 'S. No.,Product Name,Input Image Urls\n';

test('500 uploads at once are accepted or put off, and none that was accepted is lost', async () => {
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const response = await pixmill.upload(`${HEADER}${index},Mug,${origin.url}/a.jpg\n`);
      if (response.status === 503) assert.ok(Number(response.headers.get('retry-after')) > 0);
      return { status: response.status, id: ((await response.json()) as { request_id?: string }).request_id };
    }),
  );
  const statuses = new Set(answers.map(({ status }) => status));
  for (const status of statuses) assert.ok([200, 429, 503].includes(status), `${status}`);
  const accepted = answers.flatMap(({ id }) => id ?? []);
  assert.ok(accepted.length >= 50);
  for (const id of accepted) assert.equal((await pixmill.finished(id)).status, 'Completed');
});

test('2,000 idle connections do not slow the API', async () => {
  const { port } = new URL(pixmill.url);
  const sockets = await Promise.all(
    Array.from(
      { length: 2_000 },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(Number(port), '127.0.0.1', () => resolve(socket)).on('error', reject);
        }),
    ),
  );
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const asked = performance.now();
    assert.equal((await pixmill.call('/health')).status, 200);
    times.push(performance.now() - asked);
  }
  for (const socket of sockets) socket.destroy();
  times.sort((a, b) => a - b);
  assert.ok((times[25] ?? 0) < 50, `median ${times[25]} ms`);
});

test('a CSV over the limit is refused with the limit, and nothing stays of it', async () => {
  const response = await pixmill.upload(HEADER + `1,Mug,${origin.url}/a.jpg\n`.repeat(10_000));
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  assert.deepEqual([response.status, code], [413, 'csv_too_large']);
  assert.match(detail, /200000/);
  assert.deepEqual(temporaryFiles(pixmill.dataDir), []);
});

/** Sends raw bytes and returns the first line of the answer, or '' where the connection was just closed. */
async function raw(bytes: string): Promise<string> {
  const { port } = new URL(pixmill.url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (data) => {
      text += data;
      socket.destroy();
    });
    socket.on('error', () => undefined).on('close', () => resolve(text.split('\r\n')[0] ?? ''));
  });
}

test('malformed calls are answered with 4xx or closed, never with 500', async () => {
  const part = (head: string) => `--x\r\n${head}\r\n\r\nvalue\r\n`;
  const form = (body: string, length = body.length) =>
    `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n${body}`;
  const calls = [
    'NONSENSE\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(5_000)}\r\n`,
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
    form(`${part('Content-Disposition: form-data; name="file"; filename="a.csv"').repeat(30)}--x--\r\n`),
    form(`${part('Content-Disposition: form-data; name="a"').repeat(200)}--x--\r\n`),
    form(`--x\r\n${'a: b\r\n'.repeat(500)}\r\nvalue\r\n--x--\r\n`),
    form(`${part('Content-Disposition: form-data; name="__proto__"')}--x--\r\n`),
    form(`${part('Content-Disposition: form-data; name="constructor"')}--x--\r\n`),
    form(`${part('Content-Disposition: form-data; name="file"; filename="../../etc/passwd.csv"')}--x--\r\n`),
    form(`${part('Content-Disposition: form-data')}--x--\r\n`),
    form('--x--\r\n'),
    form('garbage'),
  ];
  for (const call of calls) {
    const line = await raw(call);
    assert.match(line, /^$|^HTTP\/1\.1 4\d\d/, `${JSON.stringify(call.slice(0, 80))}: ${line}`);
  }
  assert.equal((await pixmill.call('/health')).status, 200);
  assert.equal(pixmill.log(), '');
});

test('an image that kills its decoder, the only one, fails after three tries, and the others are done', async () => {
  const large = await sharp({ create: { width: 6_900, height: 7_000, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const hosts = await startOrigin({ '/poison.png': large, '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
  const small = await startPixmill({ env: { PIXMILL_MAX_DECODER_BYTES: '130000000' } });
  const rows = Array.from({ length: 20 }, (_, index) => `${index},Mug,${hosts.url}/a.jpg?${index}\n`).join('');
  const { request_id } = (await (await small.upload(`${HEADER}99,Poison,${hosts.url}/poison.png\n${rows}`)).json()) as {
    request_id: string;
  };
  const done = await small.finished(request_id);
  assert.deepEqual([done.images_processed, done.images_failed], [21, 1]);
  const { products } = (await (await small.call(`/api/details/${request_id}?status=failed`)).json()) as {
    products: { images: { attempts: number; error: { code: string } }[] }[];
  };
  assert.deepEqual(
    products[0]?.images.map(({ attempts, error }) => [attempts, error.code]),
    [[3, 'decoder_crashed']],
  );
});
