/**
 * `npm run demo`: Pixmill as a shop sees it, on this machine alone. A small image host draws 24 pictures, the real
 * program compresses what samples/products.csv links to. Killed and started again, it goes on where it was.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOrigin } from './origin.ts';

const ROOT = join(import.meta.dirname, '..');
const DATA = join(ROOT, 'data/demo');
/** Where samples/products.csv looks for its images. */
const ORIGIN_PORT = 9100;

interface Status {
  request_id: string;
  status: string;
  images_total: number;
  images_processed: number;
  images_failed: number;
  bytes_in: number;
  bytes_out: number;
  saved_percent: number;
}

const say = (line = '') => process.stdout.write(`${line}\n`);
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;

/** Starts the real program and returns when it says where it listens. */
async function startPixmill(origin: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'start'], {
    env: {
      ...process.env,
      PIXMILL_DATA_DIR: DATA,
      PIXMILL_PORT: process.env.PIXMILL_PORT ?? ((await isFree(8080)) ? '8080' : '0'),
      PIXMILL_ALLOW_ADDRESSES: new URL(origin).host,
      PIXMILL_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<never>((_resolve, reject) =>
    child.once('exit', (code) => reject(new Error(`Pixmill ended with exit code ${code}.`))),
  );
  ended.catch(() => undefined);
  const listening = async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /listens on (\S+)/.exec(line)?.[1];
      if (url) return url;
    }
    return ended;
  };
  return {
    url: await Promise.race([listening(), ended]),
    stop: async () => {
      child.kill('SIGTERM');
      await ended.catch(() => undefined);
    },
  };
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listening = new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  const free = await listening;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

async function upload(url: string, origin: string): Promise<string> {
  const sample = await readFile(join(ROOT, 'samples/products.csv'), 'utf8');
  const form = new FormData();
  form.set('file', new File([sample.replaceAll(`http://127.0.0.1:${ORIGIN_PORT}`, origin)], 'products.csv'));
  // With the same key a second start finds the request of the first.
  const answer = await fetch(`${url}/api/upload`, {
    method: 'POST',
    body: form,
    headers: { 'idempotency-key': `demo-${new URL(origin).port}` },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as Status).request_id;
}

async function follow(url: string, id: string): Promise<Status> {
  for (let shown = -1; ; ) {
    const status = (await (await fetch(`${url}/api/status/${id}`)).json()) as Status;
    if (status.images_processed !== shown)
      say(`  ${status.status}: ${status.images_processed} of ${status.images_total} images`);
    shown = status.images_processed;
    if (!['Pending', 'Processing'].includes(status.status)) return status;
    await sleep(300);
  }
}

async function demo(keep: boolean): Promise<void> {
  // Where its port is taken, the image host goes elsewhere and the links go with it.
  const origin = await startOrigin((await isFree(ORIGIN_PORT)) ? ORIGIN_PORT : 0);
  const pixmill = await startPixmill(origin.url);
  try {
    say(`Pixmill runs on ${pixmill.url}, an image host for the sample on ${origin.url}.\n`);
    const id = await upload(pixmill.url, origin.url);
    say(`Uploaded samples/products.csv: request ${id}`);
    const { images_total, images_failed, bytes_in, bytes_out, saved_percent } = await follow(pixmill.url, id);
    const result = await (await fetch(`${pixmill.url}/api/download/${id}`)).text();
    const images = (await readdir(join(DATA, 'images'), { recursive: true })).filter((name) => /\.\w+$/.test(name));
    say(`\n${images_total - images_failed} images compressed, ${images_failed} failed (the sample has one dead link).`);
    say(`${kilobytes(bytes_in)} became ${kilobytes(bytes_out)}: ${saved_percent} % saved.\n`);
    say('The first lines of the result CSV:');
    for (const line of result.split('\n').slice(0, 3)) say(`  ${line}`);
    say(`\n${images.length} images lie in data/demo/images.`);
    if (keep) {
      say(`\nStill running, until Ctrl-C:\n  ${pixmill.url}/api/details/${id}\n  ${pixmill.url}/docs`);
      await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
    } else {
      say('\n"npm run demo -- --keep" leaves it running to look around; "npm start" starts your own.');
    }
  } finally {
    await pixmill.stop();
    origin.close();
  }
}

await demo(process.argv.includes('--keep'));
