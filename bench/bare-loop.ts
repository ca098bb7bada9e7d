/**
 * The limit: nothing but undici and sharp with the settings of Pixmill. Downloads to files in their own slots, three
 * pipelines encode, results are written; no queue, no database, no sync, no safety.
 *
 *   node bench/bare-loop.ts FOLDER-FOR-FILES < list of links
 */
import { readFileSync } from 'node:fs';
import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Agent, request } from 'undici';

const DOWNLOADS = 16;
const ENCODERS = 3;

sharp.concurrency(1);
sharp.cache(false);
const folder = process.argv[2] ?? '.';
const links = readFileSync(0, 'utf8').trim().split('\n');
const agent = new Agent({ connections: DOWNLOADS });

const ready: string[] = [];
const waiting: ((file: string | undefined) => void)[] = [];
let next = 0;
let downloading = DOWNLOADS;
let bytesOut = 0;

async function download(): Promise<void> {
  for (let number = next++; number < links.length; number = next++) {
    while (ready.length > DOWNLOADS) await new Promise(setImmediate);
    const { body } = await request(links[number] ?? '', { dispatcher: agent });
    const file = join(folder, `in-${number}`);
    await writeFile(file, Buffer.from(await body.arrayBuffer()));
    const taker = waiting.shift();
    if (taker) taker(file);
    else ready.push(file);
  }
  downloading--;
  if (downloading === 0) for (const taker of waiting.splice(0)) taker(undefined);
}

async function encode(): Promise<void> {
  for (;;) {
    const file =
      ready.shift() ??
      (downloading === 0 ? undefined : await new Promise<string | undefined>((resolve) => waiting.push(resolve)));
    if (file === undefined) return;
    const image = sharp(file, { failOn: 'error' }).autoOrient().flatten({ background: '#fff' });
    const bytes = await image.jpeg({ quality: 50, optimiseCoding: false }).toBuffer();
    await writeFile(`${file}.jpg`, bytes);
    bytesOut += bytes.length;
    await unlink(file);
  }
}

await Promise.all([...Array.from({ length: DOWNLOADS }, download), ...Array.from({ length: ENCODERS }, encode)]);
process.stdout.write(`${bytesOut}\n`);
