import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import pg from 'pg';
import { isDatabaseAway } from '../../src/database/unreachable.ts';
import { startPostgres } from '../support/postgres.ts';

const server = await startPostgres();

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
    assert.ok(isDatabaseAway(error), `${what}: ${error.message}`);
  }
});

test('a connection whose server dies counts as away, on every statement after that', async () => {
  const client = new pg.Client(await server.newDatabase());
  client.on('error', () => undefined);
  await client.connect();
  const running = failure(client.query('select pg_sleep(60)'));
  await server.kill();
  assert.ok(isDatabaseAway(await running));
  assert.ok(isDatabaseAway(await failure(client.query('select 1'))));
  await client.end();
  assert.ok(isDatabaseAway(await failure(client.query('select 1'))));
  await server.start();
});

test('a server that is shut down, or only reads, counts as away; a wrong statement does not', async () => {
  const url = await server.newDatabase();
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('set default_transaction_read_only = on');
  assert.ok(isDatabaseAway(await failure(client.query('create table t (n int)'))));
  assert.ok(!isDatabaseAway(await failure(client.query('select wrong'))));
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const running = failure(client.query('select pg_sleep(60)'));
  await server.admin(`select pg_terminate_backend(${rows[0].pid})`);
  assert.ok(isDatabaseAway(await running));
});
