import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { v7 } from 'uuid';
import { openSqlite } from '../../src/database/open-database.ts';
import { createRequestStore } from '../../src/database/request-store.ts';
import { LONG_RUN, onlyInLongRun } from '../support/long-run.ts';
import { MEASURED, peakMemory } from '../support/memory.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { newProducts, newRequest, uploadOf } from '../support/rows.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = await startPostgres();

const csvOf = (url: string, name: string, images: number) =>
  `S. No.,Product Name,Input Image Urls\n${Array.from({ length: images }, (_, i) => `${i},${name} ${i},${url}/a.jpg?${encodeURI(name)}${i}\n`).join('')}`;

async function upload(pixmill: RunningPixmill, csv: string): Promise<string> {
  return ((await (await pixmill.upload(csv)).json()) as { request_id: string }).request_id;
}

/** Every row of every table but the queue's, as text. */
async function contentOf(select: (sql: string) => Promise<object[]> | object[]): Promise<Record<string, string[]>> {
  const tables = 'requests products images rejected_rows idempotency_keys leases deliveries delivery_attempts settings';
  const content: Record<string, string[]> = {};
  for (const table of tables.split(' ')) {
    const rows = await select(`select * from ${table}`);
    content[table] = rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
  }
  return content;
}

async function postgresContent(address: string) {
  const types = { getTypeParser: (oid: number) => (oid === pg.types.builtins.TEXT ? String : Number) };
  const client = new pg.Client({ connectionString: address, types });
  await client.connect();
  const content = await contentOf(async (text) => (await client.query(text)).rows);
  await client.end();
  return content;
}

const sqliteContent = (dataDir: string) => {
  const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'), { readOnly: true });
  return contentOf((text) => database.prepare(text).all()).finally(() => database.close());
};

const resultOf = async (pixmill: RunningPixmill, id: string) =>
  (await pixmill.call(`/api/download/${id}?partial=true`)).text();

test('a data folder moves to PostgreSQL half-way through a request, and the rest is done there', async () => {
  const picture = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  let calls = 0;
  let open = false;
  const origin = await startOrigin({
    '/a.jpg': (_, response) => {
      if (open || ++calls <= 90) response.end(picture);
    },
  });
  const dataDir = temporaryFolder();
  const env = { PIXMILL_PUBLIC_URL: 'http://shop.example', PIXMILL_STOP_SECONDS: '1' };
  const before = await startPixmill({ dataDir, env });
  const finished = await upload(before, csvOf(origin.url, 'Mugä', 30));
  await before.finished(finished);
  const half = await upload(before, csvOf(origin.url, 'Cup', 120));
  const processed = async () =>
    ((await (await before.call(`/api/status/${half}`)).json()) as { images_processed: number }).images_processed;
  while ((await processed()) < 60) await sleep(50);
  const kept = await resultOf(before, finished);

  const target = await server.newDatabase();
  const move = (to: string) =>
    runCommand(['migrate', '--from', dataDir, '--to', to], { PIXMILL_DATA_DIR: temporaryFolder() });
  const refused = await move(target);
  assert.match(refused.err, /Another Pixmill is working/);
  await before.stop();

  const { exitCode, out, err } = await move(target);
  assert.equal(exitCode, 0, err);
  assert.match(out, /^requests: 2\n/);
  assert.match(out, /^images: 150$/m);
  assert.match(out, /^jobs: [1-3]$/m);
  assert.ok(out.includes(`${dataDir}/images`));
  assert.deepEqual(await postgresContent(target), await sqliteContent(dataDir));
  const again = await move(target);
  assert.equal(again.exitCode, 1);
  assert.match(again.err, /not empty/);

  open = true;
  const after = await startPixmill({ dataDir, env: { ...env, PIXMILL_DATABASE_URL: target } });
  assert.equal(await resultOf(after, finished), kept);
  const status = await after.finished(half);
  assert.equal(status.status, 'Completed');
  const result = await resultOf(after, half);
  const links = [...result.matchAll(/http:\/\/shop\.example(\/\S+\.jpg)/g)].map(([, path = '']) => path);
  assert.equal(new Set(links).size, 120);
  for (const link of links) assert.equal((await after.call(link)).status, 200);
  // Nothing that was done before was asked for again.
  assert.ok([...origin.asked.values()].filter((times) => times === 1).length >= 90);

  // A new request gets a number of its own.
  const next = await upload(after, csvOf(origin.url, 'Jug', 3));
  assert.equal((await after.finished(next)).status, 'Completed');
  const client = new pg.Client(target);
  await client.connect();
  const { rows } = await client.query('select images_done::int as done from requests order by number');
  await client.end();
  assert.deepEqual(
    rows.map(({ done }) => done),
    [30, 120, 3],
  );
});

test('a target that stores something else than it was given stays empty', async () => {
  const dataDir = temporaryFolder();
  const pixmill = await startPixmill({ dataDir, env: { PIXMILL_ROLE: 'api' } });
  await upload(pixmill, csvOf('http://shop.example', 'Mug', 3));
  await pixmill.stop();
  const target = await server.newDatabase();
  const env = { PIXMILL_DATA_DIR: temporaryFolder() };
  await runCommand(['migrate'], { ...env, PIXMILL_DATABASE_URL: target });
  const client = new pg.Client(target);
  await client.connect();
  await client.query(`create function shout() returns trigger language plpgsql as
    'begin new.name := upper(new.name); return new; end';
    create trigger shout before insert on products for each row execute function shout()`);
  const { exitCode, err } = await runCommand(['migrate', '--from', dataDir, '--to', target], env);
  assert.equal(exitCode, 1);
  assert.match(err, /changes what is stored in products/);
  assert.deepEqual((await client.query('select from requests')).rows, []);
  await client.end();
});

test('rows of a megabyte move a few at a time', LONG_RUN ? MEASURED : { skip: onlyInLongRun }, async () => {
  const dataDir = temporaryFolder();
  const database = await openSqlite(join(dataDir, 'pixmill.sqlite'));
  const jobs = { enqueue: async () => undefined, dequeueShards: async () => undefined };
  const store = createRequestStore({ database, ...jobs, now: Date.now, newId: v7 });
  const number = await store.beginRequest(newRequest());
  const products = newProducts(Array.from({ length: 120 }, (_, row) => [`https://a/${row}`]));
  for (const product of products) {
    await store.appendProducts(number, [{ ...product, cells: [product.serial, 'x'.repeat(990_000), null] }]);
  }
  await store.publishRequest(number, uploadOf(products));
  await database.db.destroy();

  let peak = 0;
  const { out } = await runCommand(
    ['migrate', '--from', dataDir, '--to', await server.newDatabase()],
    { PIXMILL_DATA_DIR: temporaryFolder() },
    (child) => {
      const look = setInterval(() => {
        // One that has just ended has no memory.
        peak = Math.max(peak, peakMemory(child.pid ?? 0) || 0);
      }, 20);
      child.once('exit', () => clearInterval(look));
    },
  );
  assert.match(out, /^products: 120$/m);
  assert.ok(peak > 0 && peak < 400, `${peak} MB`);
});

test('half an order is refused, and so is a folder without a database', async () => {
  const env = { PIXMILL_DATA_DIR: temporaryFolder() };
  const half = await runCommand(['migrate', '--from', 'data'], env);
  assert.match(half.err, /go together/);
  const other = await runCommand(['migrate', '--from', 'data', '--to', 'mysql://x'], env);
  assert.match(other.err, /--to must be postgres/);
  const none = await runCommand(['migrate', '--from', temporaryFolder(), '--to', 'postgres://a@127.0.0.1:1/b'], env);
  assert.match(none.err, /There is no database/);
});
