import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { atTheEnd } from './at-the-end.ts';
import { EmbeddedPostgres, NEEDS_USER } from './embedded-postgres.ts';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** A new empty database. @returns its address */
  newDatabase(): Promise<string>;
  /** Statements of the server's owner. */
  admin(text: string): Promise<pg.QueryResult>;
  /** Kills all of the server's processes at once, as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again after that. */
  start(): Promise<void>;
}

const LONGEST_START_MS = 60_000;

/** A real PostgreSQL of its own for a test file; gone when the file ends. Call it outside of tests. */
export async function startPostgres(flags: string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pixmill-postgres-'));
  const port = await freePort();
  /** The end of what the server said, for the message where it does not start. */
  let said = '';
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'pixmill',
    password: 'pixmill',
    persistent: true,
    createPostgresUser: NEEDS_USER,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: flags.flatMap((flag) => ['-c', flag]),
    onLog: (text) => {
      said = (said + text).slice(-2_000);
    },
    onError: () => undefined,
  });
  // It makes its folder as a user of its own then.
  chmodSync(folder, 0o777);
  await server.initialise();
  await server.start();
  let running = true;
  const address = (database: string) => `postgres://pixmill:pixmill@127.0.0.1:${port}/${database}`;
  const pool = new pg.Pool({ connectionString: address('postgres'), max: 2 });
  pool.on('error', () => undefined);
  async function start(): Promise<void> {
    // Until the last child has let go of the shared memory, a new server refuses to start.
    for (const latest = Date.now() + LONGEST_START_MS; !running; ) {
      try {
        await server.start();
        running = true;
      } catch {
        if (Date.now() > latest) throw new Error(`PostgreSQL does not start again: ${said}`);
        await sleep(100);
      }
    }
  }
  atTheEnd(async () => {
    try {
      await pool.end();
    } finally {
      // A stop waits for ever for the end of a server that is dead already, as a failed test may leave it.
      await start();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
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
      const client = await pool.connect();
      // It starts no more processes while they are listed.
      process.kill(postmaster, 'SIGSTOP');
      const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity');
      client.release(true);
      running = false;
      // Left alone they notice their end a moment later, and may answer a statement until then.
      for (const { pid } of rows) killIfThere(pid);
      process.kill(postmaster, 'SIGKILL');
      while (existsSync(`/proc/${postmaster}`)) await sleep(10);
    },
    start,
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
