/**
 * 20,000 images through one process: how much memory of the main process and of its decoders grows after the first
 * 1,000, and how many files it holds open.
 *
 *   node bench/long-run.ts [images]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrigin } from '../test/support/origin.ts';
import { photo } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { args, printer } from './save-result.ts';

const images = Number(args[0] ?? 20_000);
const dataDir = mkdtempSync(join(tmpdir(), 'pixmill-long-'));
const say = printer();
const origin = await openOrigin({ '/a.jpg': await photo(300, 200).jpeg({ quality: 95 }).toBuffer() });
const pixmill = await spawnPixmill({ dataDir, nodeOptions: ['--max-semi-space-size=4'] });

const status = (pid: string | number) => readFileSync(`/proc/${pid}/status`, 'utf8');
const mib = (pid: string | number) => Number(/VmRSS:\s+(\d+)/.exec(status(pid))?.[1] ?? 0) / 1024;
function children(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return status(pid).includes(`PPid:\t${pixmill.pid}\n`);
    } catch {
      return false;
    }
  });
}
const measure = () => ({
  main: mib(pixmill.pid),
  decoders: children().reduce((sum, pid) => sum + mib(pid), 0),
  handles: readdirSync(`/proc/${pixmill.pid}/fd`).length,
});
const shown = ({ main, decoders, handles }: ReturnType<typeof measure>) =>
  `main ${Math.round(main)} MiB, decoders ${Math.round(decoders)} MiB, ${handles} open files`;

try {
  const rows = Array.from({ length: images }, (_, index) => `${index},Mug ${index},${origin.url}/a.jpg?${index}`);
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id } = (await upload.json()) as { request_id: string };
  let first: ReturnType<typeof measure> | undefined;
  for (let next = 1_000; ; ) {
    const { images_processed, finished_at } = (await (await pixmill.call(`/api/status/${request_id}`)).json()) as {
      images_processed: number;
      finished_at: string | null;
    };
    if (images_processed >= next) {
      first ??= measure();
      say(`${images_processed} images: ${shown(measure())}`);
      next += images / 10;
    }
    if (finished_at) break;
    await sleep(200);
  }
  const last = measure();
  if (first) {
    const growth = last.main + last.decoders - first.main - first.decoders;
    say(`growth after the first 1,000: ${Math.round(growth)} MiB, ${last.handles - first.handles} open files`);
  }
} finally {
  await pixmill.stop('SIGKILL');
  origin.close();
  rmSync(dataDir, { recursive: true });
}
