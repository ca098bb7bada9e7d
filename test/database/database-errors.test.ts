import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { databaseError } from '../../src/database/database-errors.ts';
import { openSqlite } from '../../src/database/open-database.ts';
import { openPostgres } from '../../src/database/open-postgres.ts';
import { DiskFull, Unavailable } from '../../src/domain/unavailable.ts';
import { startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = await startPostgres();

const isAway = (error: unknown) => databaseError(error) instanceof Unavailable;

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => assert.fail('it worked'),
    (error) => error,
  );

/** What `pg` makes of something that takes connections and is no PostgreSQL. */
async function failureAt(answer: (socket: Socket) => void, settings: pg.PoolConfig = {}): Promise<Error> {
  const listener = createServer((socket) => answer(socket.on('error', () => undefined)));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'pixmill', connectionTimeoutMillis: 200, ...settings });
  const error = await failure(pool.query('select 1'));
  await pool.end();
  listener.close();
  return error;
}

test('a server that refuses, resets, hangs up, keeps silent or talks something else counts as away', async () => {
  const answers: [string, Promise<Error>][] = [
    ['refuses', failure(new pg.Client('postgres://me@127.0.0.1:1/shop').connect())],
    ['resets', failureAt((socket) => socket.resetAndDestroy())],
    ['hangs up', failureAt((socket) => socket.end())],
    ['keeps silent', failureAt(() => undefined)],
    ['talks HTTP', failureAt((socket) => socket.end(`HTTP/1.1 502 Bad Gateway\r\n\r\n${' '.repeat(2 ** 21)}`))],
    ['hangs up before TLS', failureAt((socket) => socket.once('data', () => socket.end()), { ssl: true })],
    ['fails at TLS', failureAt((socket) => socket.once('data', () => socket.end('E')), { ssl: true })],
    ['has no address', failure(new pg.Client('postgres://me@pixmill.invalid/shop').connect())],
  ];
  for (const [what, answer] of answers) {
    const error = await answer;
    assert.ok(isAway(error), `${what}: ${error.message}`);
  }
});

test('a connection whose server dies counts as away, on every statement after that', async () => {
  const client = new pg.Client(await server.newDatabase());
  client.on('error', () => undefined);
  await client.connect();
  const running = failure(client.query('select pg_sleep(60)'));
  await server.kill();
  assert.ok(isAway(await running));
  assert.ok(isAway(await failure(client.query('select 1'))));
  await client.end();
  assert.ok(isAway(await failure(client.query('select 1'))));
  await server.start();
});

test('a server that is shut down, or only reads, counts as away; a wrong statement does not', async () => {
  const url = await server.newDatabase();
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('set default_transaction_read_only = on');
  assert.ok(isAway(await failure(client.query('create table t (n int)'))));
  assert.ok(!isAway(await failure(client.query('select wrong'))));
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const running = failure(client.query('select pg_sleep(60)'));
  await server.admin(`select pg_terminate_backend(${rows[0].pid})`);
  assert.ok(isAway(await running));
});

test('a store whose server is gone, or never was there, fails with Unavailable, which keeps the cause', async () => {
  const database = await openPostgres(await server.newDatabase(), { unsafe: true });
  const ask = () => failure(sql`select 1`.execute(database.db));
  const running = failure(sql`select pg_sleep(60)`.execute(database.db));
  await server.kill();
  for (const error of [await running, await ask()]) {
    assert.ok(error instanceof Unavailable && error.message !== '', String(error));
    assert.ok(error.cause instanceof Error);
  }
  await server.start();
  assert.ok(!((await failure(sql`select wrong`.execute(database.db))) instanceof Unavailable));
  await database.db.destroy();
});

test('a store without room fails with DiskFull, on SQLite and on PostgreSQL', async () => {
  const { db } = await openSqlite(join(temporaryFolder(), 'pixmill.sqlite'));
  await sql`create table filler (bytes blob)`.execute(db);
  await sql`pragma max_page_count = 60`.execute(db);
  const full = await failure(sql`insert into filler values (zeroblob(10000000))`.execute(db));
  assert.ok(full instanceof DiskFull, String(full));
  await db.destroy();
  const ofPostgres = Object.assign(new Error('could not extend file'), { code: '53100' });
  assert.ok(databaseError(ofPostgres) instanceof DiskFull);
});
