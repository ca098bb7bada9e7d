/**
 * How quick the API is while every core compresses: the time of status and products answers, asked all the time.
 *
 *   node bench/latency.ts [folder with pictures] [images]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrigin } from '../test/support/origin.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { median, percentile, photoFolder } from './photos.ts';
import { args, printer } from './save-result.ts';

const [folderName, images = '400'] = args;
const say = printer();
const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const { folder, names } = await photoFolder(folderName, work);
const origin = await openOrigin(
  Object.fromEntries(names.map((name) => [`/${name}`, readFileSync(join(folder, name))])),
);
const pixmill = await spawnPixmill({ dataDir: join(work, 'data') });
const times: Record<string, number[]> = { status: [], products: [] };

try {
  const rows = Array.from(
    { length: Number(images) },
    (_, index) => `${index},Product ${index},${origin.url}/${names[index % names.length]}?${index}`,
  );
  const upload = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id } = (await upload.json()) as { request_id: string };
  for (let finished = false; !finished; ) {
    for (const [name, samples] of Object.entries(times)) {
      const asked = performance.now();
      const answer = (await (await pixmill.call(`/api/${name}/${request_id}`)).json()) as {
        finished_at?: string | null;
      };
      samples.push(performance.now() - asked);
      finished ||= Boolean(answer.finished_at);
    }
  }
  for (const [name, samples] of Object.entries(times)) {
    const shown = [median(samples), percentile(samples, 0.99), Math.max(...samples)].map((ms) => `${ms.toFixed(1)} ms`);
    say(`${name}: ${samples.length} answers, median ${shown[0]}, p99 ${shown[1]}, slowest ${shown[2]}`);
  }
} finally {
  await pixmill.stop('SIGKILL');
  origin.close();
  rmSync(work, { recursive: true });
}
