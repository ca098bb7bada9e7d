/**
 * A CSV with a million images goes in through the real API: peak memory of the main process, the slowest status answer
 * meanwhile, and the same for the result CSV going out.
 *
 *   node bench/million.ts [rows] [postgres://…, a database that is empty]
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { args, printer } from './save-result.ts';

const rows = Number(args[0] ?? 1_000_000);
const database = args[1] === undefined ? {} : { PIXMILL_DATABASE_URL: args[1] };
const folder = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const say = printer();

function* csv(): Generator<string> {
  yield 'S. No.,Product Name,Input Image Urls\n';
  for (let row = 1; row <= rows; row += 1000) {
    let text = '';
    for (let i = row; i < Math.min(row + 1000, rows + 1); i++)
      text += `${i},Product ${i},https://cdn.shop.example/${i}/main.jpg\n`;
    yield text;
  }
}

// The API alone: what is measured is taking in and giving out, not failing to find the host of the links.
// The flag is the one of `npm start`: young garbage is collected sooner, which costs 2 % and saves a hundred MiB.
const child = spawn(process.execPath, ['--max-semi-space-size=4', join(import.meta.dirname, '../src/main.ts'), 'api'], {
  env: {
    PATH: process.env.PATH,
    PIXMILL_DATA_DIR: join(folder, 'data'),
    PIXMILL_PORT: '0',
    PIXMILL_LOG_LEVEL: 'warn',
    ...database,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise<string>((resolve) => {
  createInterface({ input: child.stdout }).on('line', (line) => {
    const found = /listens on (\S+)/.exec(line)?.[1];
    if (found) resolve(found);
  });
});

/** Peak resident memory in MiB since the last call (Linux keeps it; writing 5 resets it). */
function rss(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Runs one phase while asking for a status all the time. */
async function watched<T>(name: string, id: string, work: () => Promise<T>): Promise<T> {
  const answers: number[] = [];
  let peak = 0;
  let running = true;
  const watching = (async () => {
    while (running) {
      const asked = performance.now();
      await (await fetch(`${url}/api/status/${id}`)).text();
      answers.push(performance.now() - asked);
      peak = Math.max(peak, rss());
      await sleep(20);
    }
  })();
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  running = false;
  await watching;
  answers.sort((a, b) => a - b);
  const at = (part: number) => (answers[Math.floor((answers.length - 1) * part)] ?? 0).toFixed(1);
  say(
    `${name}: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} images/s, peak RSS ${Math.round(peak)} MiB, status median ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms (${answers.length} asked)`,
  );
  return result;
}

async function upload(file: Blob): Promise<string> {
  const form = new FormData();
  form.set('file', file, 'products.csv');
  const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: form });
  return ((await answer.json()) as { request_id: string }).request_id;
}

try {
  const path = join(folder, 'products.csv');
  await pipeline(Readable.from(csv()), createWriteStream(path));
  const small = await upload(new Blob(['S. No.,Product Name,Input Image Urls\n1,A,https://cdn.shop.example/a.jpg\n']));
  say(`at rest: ${Math.round(rss())} MiB`);
  const id = await watched('upload', small, async () => upload(await openAsBlob(path)));
  for (const [name, route] of [
    ['result CSV', `/api/download/${id}?partial=true`],
    ['products', `/api/products/${id}`],
    ['details', `/api/details/${id}`],
  ] as const) {
    await watched(name, id, async () => {
      let bytes = 0;
      for await (const chunk of (await fetch(url + route)).body ?? []) bytes += (chunk as Uint8Array).length;
      say(`  ${name}: ${bytes} bytes`);
    });
  }
} finally {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
