import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { atTheEnd } from './at-the-end.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** What makes a start cheap: hundreds of them are most of what a run of all tests costs. */
export const CHEAP_START = {
  PIXMILL_CONCURRENCY: '1',
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compiled'),
};

export interface RunningPixmill {
  url: string;
  dataDir: string;
  /** Its configuration, for commands that are to work on the same data. */
  env: Record<string, string>;
  pid: number;
  /** What it wrote to standard error: its log. After an answer the line about it may still be on its way. */
  log(): string;
  /** A call to it. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Uploads a CSV; other form fields as given. @param field of the file */
  upload(csv: string | Uint8Array, fields?: Record<string, string>, field?: string, path?: string): Promise<Response>;
  /** Waits until a request is finished. */
  finished(id: string): Promise<StatusObject>;
  /** Resolves with the exit code when it ends, for whatever reason. */
  ended: Promise<number | null>;
  /** @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface PixmillSettings {
  dataDir: string;
  env?: Record<string, string>;
  /** Of Node, before the program: `--import` of something that breaks it on purpose. */
  nodeOptions?: string[];
  /** Another copy of Pixmill than this one. */
  program?: string;
  /** What runs it: another Node than this one, or a program that starts it. */
  node?: string;
}

/** The real program in a process of its own; killed when the surrounding test or test file ends (call it outside of hooks). */
export async function startPixmill({
  dataDir = privateFolder(),
  env,
  ...settings
}: Partial<PixmillSettings> = {}): Promise<RunningPixmill> {
  return spawnPixmill({ dataDir, env: { ...CHEAP_START, ...env }, ...settings }, (child) => {
    // Not "exit": its decoders, which write to the same output, live a moment longer, and write to its folder.
    const gone = once(child, 'close');
    atTheEnd(async () => {
      child.kill('SIGKILL');
      await gone;
    });
  });
}

/** As a server makes its data folder, of which it has nothing to say then. */
function privateFolder(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o700);
  return folder;
}

/** What runs: a test process that is ended from outside takes it along. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The same for those who end it themselves. @param spawned gets the process before it listens */
export async function spawnPixmill(
  { dataDir, env = {}, nodeOptions = [], program = MAIN, node = process.execPath }: PixmillSettings,
  spawned: (child: ChildProcess) => void = () => undefined,
): Promise<RunningPixmill> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const child = spawn(node, [...nodeOptions, program, 'start'], {
    env: {
      PATH: process.env.PATH,
      PIXMILL_DATA_DIR: dataDir,
      PIXMILL_PORT: '0',
      PIXMILL_ALLOW_ADDRESSES: '127.0.0.1',
      PIXMILL_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Away from a .env file that somebody may have in the project.
    cwd: dataDir,
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const closed = once(child, 'close');
  running.add(child);
  exited.then(() => running.delete(child));
  spawned(child);
  let log = '';
  child.stderr.on('data', (text) => {
    log += text;
  });
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const url = /(?:listens|metrics are) on ([^\s.;]\S*?)[.;]?(?:\s|$)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    exited.then(([code]) => reject(new Error(`Pixmill ended with exit code ${code}: ${log}`)));
  });
  const url = await listening;
  const call = (path: string, init?: RequestInit) => fetch(url + path, init);

  return {
    url,
    dataDir,
    env: { ...env, PIXMILL_DATA_DIR: dataDir },
    pid: child.pid ?? 0,
    log: () => log,
    ended: exited.then(([code]) => code),
    call,
    async upload(csv, fields = {}, field = 'file', path = '/api/upload') {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set(field, new File([csv as string], 'products.csv', { type: 'text/csv' }));
      // Not the form itself: where a refusal comes before all of it is sent, Node ends the whole process.
      return call(path, { method: 'POST', body: await new Response(form).blob() });
    },
    async finished(id) {
      for (;;) {
        const status = (await (await call(`/api/status/${id}`)).json()) as StatusObject;
        if (status.finished_at) return status;
        await sleep(50);
      }
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      // What it said last may come behind its exit. After a kill its decoders hold the output open for a moment longer,
      // and whoever starts the next one is not to wait for them.
      if (signal !== 'SIGKILL') await closed;
      return code;
    },
  };
}
