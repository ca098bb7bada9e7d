import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MEASURED, peakMemory } from '../support/memory.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';

/** Nothing is downloaded: what is tried is taking in and giving out. */
const start = (env: Record<string, string> = {}) => startPixmill({ env: { PIXMILL_ROLE: 'api', ...env } });

/** Bytes of the database, with what waits to be written into it. */
function databaseBytes({ dataDir }: RunningPixmill): number {
  const files = readdirSync(dataDir).filter((name) => name.startsWith('pixmill.sqlite'));
  return files.reduce((sum, name) => sum + statSync(join(dataDir, name)).size, 0);
}

async function send(pixmill: RunningPixmill, csv: string, fields: Record<string, string> = {}) {
  const response = await pixmill.upload(csv, fields);
  const answer = (await response.json()) as { request_id: string; code?: string; detail?: string };
  return { ...answer, status: response.status };
}

const HEADER = 'S. No.,Product Name,Input Image Urls';

/** Memory of a server at work: what it takes at rest and what the garbage of a few pages comes to. */
const LITTLE = 350;

test('a wide header makes nothing of short rows', MEASURED, async () => {
  const pixmill = await start();
  const rows = Array.from({ length: 4_000 }, (_, i) => `${i},A,//a/${i}\n`).join('');
  const wide = await send(pixmill, `${HEADER}${',a'.repeat(30_000)}\n${rows}`);
  assert.deepEqual([wide.status, wide.code], [422, 'too_many_columns']);
  const most = `${HEADER}${',a'.repeat(997)}\n${rows}`;
  const { status, request_id } = await send(pixmill, most);
  assert.equal(status, 200);
  assert.ok(databaseBytes(pixmill) < 4_000_000, `${databaseBytes(pixmill)} bytes`);
  const result = await (await pixmill.call(`/api/download/${request_id}?partial=true`)).text();
  const lines = result.split('\n');
  assert.deepEqual([lines.length, lines[4_000]], [4_002, `3999,A,//a/3999${','.repeat(998)}`]);
  assert.ok(peakMemory(pixmill.pid) < LITTLE, `${peakMemory(pixmill.pid)} MB`);
});

test('a long title is stored once, however many rows of its group take it', MEASURED, async () => {
  const pixmill = await start();
  const title = 'T'.repeat(310_000);
  const rows = Array.from({ length: 4_000 }, (_, i) => `h,,//a/${i}\n`).join('');
  const { status, request_id } = await send(pixmill, `Handle,Title,Image Src\nh,${title},//a/0\n${rows}`);
  assert.equal(status, 200);
  assert.ok(databaseBytes(pixmill) < 4_000_000, `${databaseBytes(pixmill)} bytes`);
  // A page ends early where its products are large, and the next one goes on there.
  type Page = { products: { product_name: string; line: number }[]; next_cursor: string | null };
  const pageAt = async (query: string) =>
    (await (await pixmill.call(`/api/details/${request_id}?limit=1000${query}`)).json()) as Page;
  const first = await pageAt('');
  const second = await pageAt(`&cursor=${first.next_cursor}`);
  assert.ok(first.products.length > 5 && first.products.length < 30, `${first.products.length} products`);
  assert.equal(second.products[0]?.line, (first.products.at(-1)?.line ?? 0) + 1);
  for (const { product_name } of [...first.products, ...second.products]) assert.equal(product_name, title);
  const result = await (await pixmill.call(`/api/download/${request_id}?partial=true`)).text();
  assert.equal(result.split('\n')[4_001], 'h,,//a/3999,');
  assert.ok(peakMemory(pixmill.pid) < LITTLE, `${peakMemory(pixmill.pid)} MB`);
});

test('a small file that unpacks to one row of commas is refused before it fills the memory', MEASURED, async () => {
  const pixmill = await start();
  const packed = gzipSync(`${HEADER}\n1,Mug,//a/1\n${','.repeat(90_000_000)}\n`);
  const form = new FormData();
  form.set('file', new File([packed], 'products.csv.gz'));
  const response = await pixmill.call('/api/upload', { method: 'POST', body: form });
  const { code, errors } = (await response.json()) as { code: string; errors: { line: number }[] };
  assert.deepEqual([response.status, code, errors[0]?.line], [422, 'row_too_long', 3]);
  assert.ok(peakMemory(pixmill.pid) < LITTLE, `${peakMemory(pixmill.pid)} MB`);
});

test('what is left out is refused where it would take many times the file', async () => {
  const pixmill = await start();
  const before = databaseBytes(pixmill);
  const csv = `${HEADER}\n0,Mug,//a/0\n${'1\n'.repeat(30_000)}`;
  const { status, code, detail } = await send(pixmill, csv, { on_error: 'skip' });
  assert.deepEqual([status, code], [422, 'too_much_to_store']);
  assert.match(detail ?? '', /more than 12\d{5} bytes to store/);
  const listed = (await (await pixmill.call('/api/requests')).json()) as { requests: object[] };
  assert.deepEqual(listed.requests, []);
  assert.ok(databaseBytes(pixmill) - before < 6_000_000, `${databaseBytes(pixmill)} bytes`);
});

/** Asks for something, and stops reading as soon as the answer begins. */
function readerThatStops({ url }: RunningPixmill, path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    );
    socket.on('error', reject);
    socket.once('data', () => {
      socket.pause();
      resolve(socket);
    });
  });
}

test('60 readers of rows of a megabyte hold a few of them each, and others are answered', MEASURED, async () => {
  // More than one customer may have by itself: those of several, who send no key here.
  const pixmill = await start({ PIXMILL_MAX_RESULT_READERS: '100' });
  const text = 'x'.repeat(980_000);
  const csv = `${HEADER},Text\n${Array.from({ length: 24 }, (_, i) => `${i},Mug,//a/${i},${text}\n`).join('')}`;
  const { status, request_id } = await send(pixmill, csv);
  assert.equal(status, 200);
  const uploaded = peakMemory(pixmill.pid);
  const download = `/api/download/${request_id}?partial=true`;
  const readers = await Promise.all(Array.from({ length: 60 }, () => readerThatStops(pixmill, download)));
  // What shows no cells reads none.
  const shown = await Promise.all(
    Array.from({ length: 10 }, async (_, i) =>
      (await pixmill.call(`/api/${i % 2 ? 'products' : 'details'}/${request_id}`)).text(),
    ),
  );
  for (const answer of shown) assert.ok(answer.length < 100_000);
  let bytes = 0;
  for await (const chunk of (await pixmill.call(download)).body ?? []) bytes += chunk.length;
  assert.equal(bytes, csv.length + ',Output Image Urls'.length + 24 * ','.length);
  for (const reader of readers) reader.destroy();
  // Read 250 rows at a time, each reader would hold more than 100 MB.
  const grown = peakMemory(pixmill.pid) - uploaded;
  assert.ok(grown < 60 * 8, `${grown} MB more for 60 readers`);
});
