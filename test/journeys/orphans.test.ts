import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageKey } from '../../src/domain/image.ts';
import type { ImageStorage } from '../../src/pipeline/ports/storage.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { parseS3Address } from '../../src/storage/s3-address.ts';
import { createS3Storage } from '../../src/storage/s3-storage.ts';
import { sweepOrphans } from '../../src/worker/orphans.ts';
import { listed } from '../contracts/storage-contract.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { done, publish } from '../support/rows.ts';
import { runCommand } from '../support/run-command.ts';
import { S3_CREDENTIALS, startS3 } from '../support/s3.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

Object.assign(process.env, S3_CREDENTIALS);
const endpoint = await startS3();
const HOUR_MS = 3_600_000;
const NEVER = new AbortController().signal;
const secret = Buffer.alloc(32, 77);
const key = (row: number) => imageKey(secret, { row, name: 'Mug' }, 1, 'jpeg');
let opened = 0;

function bucket(): ImageStorage {
  const storage = createS3Storage(parseS3Address(`s3://images/sweep/${++opened}?endpoint=${endpoint}`));
  atTheEnd(storage.close);
  return storage;
}

const files = (): ImageStorage => createFileStorage({ root: join(temporaryFolder(), 'images'), folders: 'by-request' });

/** A storage with these files, of which the first `rows` have an image in the database. */
async function bench(storage: ImageStorage, stored: number, rows: number) {
  const { store } = await sqliteStore();
  const folder = temporaryFolder();
  await storage.ping();
  for (let row = 0; row < stored; row++) {
    const file = join(folder, `file-${row}`);
    writeFileSync(file, 'picture');
    await storage.put(key(row), file);
  }
  const links = Array.from({ length: rows }, (_, row) => [`https://a/${row}`]);
  const { number, id } = await publish(store, links, { request: { secret } });
  const settle = (row: number) =>
    store.recordOutcomes([{ request: number, number: row, attempts: 1, lease: 9, settlement: done(key(row)) }]);
  for (let row = 0; row < rows; row++) await settle(row);
  const sweep = (hours: number, tools = {}) =>
    sweepOrphans({ store, storage, now: () => Date.now() + hours * HOUR_MS, ...tools }, NEVER);
  const left = () => listed(storage);
  return { store, storage, id, sweep, left };
}

for (const [name, open] of [
  ['files', files],
  ['S3', bucket],
] as const) {
  test(`on ${name} an orphan goes when it is a day old, an image that has its row stays`, async () => {
    const { sweep, left } = await bench(open(), 3, 2);
    assert.deepEqual(await sweep(23), { files: 0, bytes: 0 });
    assert.deepEqual(await left(), [key(0), key(1), key(2)].sort());
    assert.deepEqual(await sweep(25), { files: 1, bytes: 7 });
    assert.deepEqual(await left(), [key(0), key(1)].sort());
  });
}

describe('the sweep', () => {
  test('leaves a storage alone that belongs to another database', async () => {
    const { sweep, left } = await bench(files(), 5, 2);
    await assert.rejects(sweep(25), { message: /^3 stored files belong to no image, and only 2 do\. Nothing was/ });
    assert.equal((await left()).length, 5);
  });

  test('leaves alone what an unfinished request may still write down', async () => {
    const { sweep, store, storage, id } = await bench(files(), 3, 2);
    const { number } = (await store.findRequest(id)) ?? assert.fail('no request');
    const other = await publish(store, [['https://a/1']], { request: { secret: Buffer.alloc(32, 78) } });
    assert.ok(other.number > number);
    const waiting = imageKey(Buffer.alloc(32, 78), { row: 0, name: 'Mug' }, 1, 'jpeg');
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'picture');
    await storage.put(waiting, file);
    assert.deepEqual(await sweep(25), { files: 1, bytes: 7 });
    assert.ok(await storage.find(waiting));
    await store.cancelRequest(other.id);
    assert.deepEqual(await sweep(25), { files: 1, bytes: 7 });
  });

  test('looks once more before it removes: a row that came meanwhile saves its file', async () => {
    const { sweep, left, store } = await bench(files(), 3, 2);
    const looked = { count: 0 };
    const unknownKeys = async (keys: string[]) => (looked.count++ === 0 ? store.unknownKeys(keys) : []);
    assert.deepEqual(await sweep(25, { store: { unknownKeys } }), { files: 0, bytes: 0 });
    assert.equal((await left()).length, 3);
    assert.equal(looked.count, 2);
  });
});

test('a server removes orphans by itself and counts them; check-data tells of them before', async () => {
  const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
  const before = await startPixmill();
  const { dataDir } = before;
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`;
  const { request_id } = (await (await before.upload(csv)).json()) as { request_id: string };
  await before.finished(request_id);
  await before.stop();
  const [image = ''] = readdirSync(join(dataDir, 'images'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jpg'),
  );
  const [kept, orphan] = [join(dataDir, 'images', image), join(dataDir, 'images', image.replace('mug-1', 'mug-2'))];
  writeFileSync(orphan, 'picture');
  for (const file of [kept, orphan]) utimesSync(file, 1_700_000_000, 1_700_000_000);
  const found = await runCommand(['check-data'], { PIXMILL_DATA_DIR: dataDir });
  assert.equal(found.exitCode, 0);
  assert.match(found.out, /^Files that belong to no image: 1 \(/m);
  const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'));
  database.exec("update settings set value = '0' where name = 'orphans_swept_at'");
  database.close();

  const pixmill = await startPixmill({ dataDir });
  const metrics = async () => (await pixmill.call('/metrics')).text();
  while (!/^pixmill_orphans_removed_total 1$/m.test(await metrics())) await sleep(50);
  assert.match(await metrics(), /^pixmill_orphan_bytes_removed_total 7$/m);
  assert.deepEqual([existsSync(kept), existsSync(orphan)], [true, false]);
});
