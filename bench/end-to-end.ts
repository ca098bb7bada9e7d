/**
 * Pixmill against the bare loop (the limit) on the same pictures and the same origin, in turn. Speed, bytes, memory of
 * the whole process tree, how quick a status answer is meanwhile, and how long the main process keeps others waiting.
 *
 *   node bench/end-to-end.ts [folder with pictures] [images] [rounds] [delay of the origin in ms]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { median, percentile, photoFolder } from './photos.ts';
import { args, printer } from './save-result.ts';

const [folderName, images = '300', rounds = '5', delay = '0'] = args;
const count = Number(images);
const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const say = printer();
const { folder, names } = await photoFolder(folderName, work);

const origin = spawn(process.execPath, [join(import.meta.dirname, 'origin.ts'), folder, delay], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [base] = (await once(createInterface({ input: origin.stdout }), 'line')) as [string];
const dataDir = join(work, 'data');
const pixmill = await spawnPixmill({
  dataDir,
  nodeOptions: ['--max-semi-space-size=4'],
  env: { PIXMILL_LOG_LEVEL: 'warn' },
});

/** Proportional memory of a process and all below it, in MiB. */
function treeMemory(root: number): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(Number(pid), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (pid: number): boolean => pid === root || (parents.has(pid) && below(parents.get(pid) ?? 0));
  let sum = 0;
  for (const pid of parents.keys()) {
    if (!below(pid)) continue;
    try {
      sum += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // The same.
    }
  }
  return sum;
}

interface Run {
  perSecond: number;
  bytes: number;
  peak: number;
}

async function measured(pid: number, work: () => Promise<number>): Promise<Run> {
  let peak = 0;
  let running = true;
  const watching = (async () => {
    while (running) {
      peak = Math.max(peak, treeMemory(pid));
      await sleep(250);
    }
  })();
  const started = performance.now();
  const bytes = await work();
  const perSecond = (count * 1000) / (performance.now() - started);
  running = false;
  await watching;
  return { perSecond, bytes, peak };
}

const links = (round: number) =>
  Array.from({ length: count }, (_, index) => `${base}/${names[index % names.length]}?${round}-${index}`);

async function bareRun(round: number): Promise<Run> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-loop.ts'), work], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2' },
  });
  return measured(child.pid ?? 0, async () => {
    child.stdin.end(links(round).join('\n'));
    return Number(await text(child.stdout));
  });
}

const statusTimes: number[] = [];
async function pixmillRun(round: number): Promise<Run> {
  const csv = `S. No.,Product Name,Input Image Urls\n${links(round)
    .map((link, index) => `${index},Product ${index},${link}`)
    .join('\n')}\n`;
  return measured(pixmill.pid, async () => {
    const { request_id } = (await (await pixmill.upload(csv, { format: 'jpeg' })).json()) as { request_id: string };
    for (;;) {
      const asked = performance.now();
      const status = (await (await pixmill.call(`/api/status/${request_id}`)).json()) as {
        finished_at: string | null;
        bytes_out: number;
        images_failed: number;
      };
      statusTimes.push(performance.now() - asked);
      if (status.images_failed > 0) throw new Error(`${status.images_failed} images failed`);
      if (status.finished_at) return status.bytes_out;
      await sleep(50);
    }
  });
}

try {
  await bareRun(0);
  await pixmillRun(0);
  statusTimes.length = 0;
  const bare: Run[] = [];
  const ours: Run[] = [];
  for (let round = 1; round <= Number(rounds); round++) {
    bare.push(await bareRun(round));
    ours.push(await pixmillRun(round));
  }
  const of = (runs: Run[], key: keyof Run) => median(runs.map((run) => run[key]));
  const lag = /nodejs_eventloop_lag_p99_seconds ([\d.e-]+)/.exec(await (await pixmill.call('/metrics')).text())?.[1];
  for (const [name, runs] of [
    ['bare loop', bare],
    ['Pixmill', ours],
  ] as const) {
    say(
      `${name.padEnd(10)} ${of(runs, 'perSecond').toFixed(1)} images/s, ${Math.round(of(runs, 'bytes') / count / 100) / 10} kB each, peak ${Math.round(of(runs, 'peak'))} MiB`,
    );
  }
  say(
    `ratio      ${(of(ours, 'perSecond') / of(bare, 'perSecond')).toFixed(2)} of the bare loop, ${(of(ours, 'bytes') / of(bare, 'bytes')).toFixed(3)} of its bytes`,
  );
  say(
    `status     p99 ${percentile(statusTimes, 0.99).toFixed(1)} ms of ${statusTimes.length}; event loop delay p99 ${(Number(lag) * 1000).toFixed(1)} ms`,
  );
} finally {
  await pixmill.stop('SIGKILL');
  origin.kill();
  rmSync(work, { recursive: true });
}
