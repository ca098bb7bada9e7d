/**
 * How fast the images of a host are done alone, and beside links to names that no name server ever answers for. The host
 * takes its time, so that its downloads are the limit and not the machine.
 *
 *   node bench/dead-names.ts [images] [rounds] [delay of the origin in ms]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNameServer } from '../test/support/name-server.ts';
import { photo } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { csvOf, startCountingOrigin } from './counting-origin.ts';
import { median } from './photos.ts';
import { args, printer } from './save-result.ts';

const [images = '400', rounds = '5', delay = '200'] = args;
const say = printer();
const names = await openNameServer((name) => (name.endsWith('.dead.example') ? 'silence' : ['127.0.0.1']));
const origin = await startCountingOrigin(await photo(400, 300).jpeg({ quality: 90 }).toBuffer(), Number(delay));
const good = csvOf(origin.url.replace('127.0.0.1', 'shop.example'), Number(images));

/** Links, each to a name of its own. */
function deadLinks(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => `${index},Mug,http://n${index}.dead.example/a.jpg`);
  return `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
}

/** Images a second of a request that comes just behind one of so many dead links. */
async function beside(dead: number): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
  const pixmill = await spawnPixmill({ dataDir, ...names.program });
  const upload = async (csv: string) =>
    ((await (await pixmill.upload(csv)).json()) as { request_id: string }).request_id;
  try {
    // What the first images of a process cost is not the question.
    await pixmill.finished(await upload(csvOf(origin.url, 50)));
    if (dead > 0) await upload(deadLinks(dead));
    const started = performance.now();
    const { images_processed, images_failed } = await pixmill.finished(await upload(good));
    return ((images_processed - images_failed) * 1_000) / (performance.now() - started);
  } finally {
    await pixmill.stop();
    rmSync(dataDir, { recursive: true });
  }
}

const CASES = [0, 64, 1_000];
const speeds = new Map(CASES.map((dead) => [dead, [] as number[]]));
for (let round = 0; round < Number(rounds); round++) {
  for (const [dead, measured] of speeds) measured.push(await beside(dead));
}
const alone = speeds.get(0) ?? [];
for (const [dead, measured] of speeds) {
  // Round by round: what else the machine does changes meanwhile.
  const share = median(measured.map((speed, round) => speed / (alone[round] ?? Number.NaN)));
  say(
    `beside ${String(dead).padStart(5)} dead links  ${median(measured).toFixed(0).padStart(4)} images/s  ${share.toFixed(2)} of alone`,
  );
}
origin.close();
names.close();
