/**
 * How long a customer waits alone, and beside another one who wants all there is: for a request of a few images, for a
 * webhook, and for the answer to an upload.
 *
 *   node bench/fairness.ts [requests of the customer] [images of the greedy one]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrigin } from '../test/support/origin.ts';
import { photo } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { median } from './photos.ts';
import { args, printer } from './save-result.ts';

const [requests = '7', images = '600'] = args;
const say = printer();
const GREEDY = 'greedy-0123456789abcdef';
const MODEST = 'modest-0123456789abcdef';
const WEBHOOKS_OF_GREEDY = 20;

const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const received = new Map<string, () => void>();
const small = await photo(400, 300).jpeg({ quality: 90 }).toBuffer();
const dear = await photo(1_600, 1_200).png({ compressionLevel: 1 }).toBuffer();
const origin = await openOrigin({
  '/small.jpg': small,
  '/dear.png': dear,
  '/hook': (request, response) => {
    received.get(new URL(request.url ?? '', 'http://a').search)?.();
    response.end();
  },
});
// Another host, as the customers have receivers of their own: it takes what comes, and never answers.
const hanging = await openOrigin({ '/hook': () => undefined });
const pixmill = await spawnPixmill({
  dataDir: join(work, 'data'),
  env: { PIXMILL_API_KEYS: `${GREEDY},${MODEST}`, PIXMILL_CONCURRENCY: '2' },
});
let made = 0;

async function upload(key: string, count: number, picture: string, fields: Record<string, string> = {}) {
  const rows = Array.from({ length: count }, (_, row) => `${row},Mug,${origin.url}/${picture}?${++made}`);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new File([`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`], 'a.csv'));
  const headers = { authorization: `Bearer ${key}` };
  const answer = await pixmill.call('/api/upload', { method: 'POST', headers, body: form });
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { request_id: string }).request_id;
}

async function isFinished(key: string, id: string): Promise<boolean> {
  const answer = await pixmill.call(`/api/status/${id}`, { headers: { authorization: `Bearer ${key}` } });
  return Boolean(((await answer.json()) as { finished_at: string | null }).finished_at);
}

/** One request after the other. @returns milliseconds until the answer, until all images are done, and from there to the webhook */
async function modest() {
  const times: Record<'upload' | 'images' | 'webhook', number[]> = { upload: [], images: [], webhook: [] };
  for (let request = 0; request < Number(requests); request++) {
    const query = `?${++made}`;
    const called = new Promise<void>((resolve) => received.set(query, resolve));
    const start = performance.now();
    const id = await upload(MODEST, 5, 'small.jpg', { webhook_url: `${origin.url}/hook${query}` });
    const accepted = performance.now();
    while (!(await isFinished(MODEST, id))) await sleep(10);
    const done = performance.now();
    await called;
    times.upload.push(accepted - start);
    times.images.push(done - start);
    times.webhook.push(performance.now() - start);
  }
  return times;
}

try {
  // The greedy one is known, as it is in a service that runs.
  await upload(GREEDY, 1, 'small.jpg');
  await modest();
  const alone = await modest();
  for (let webhook = 0; webhook < WEBHOOKS_OF_GREEDY; webhook++) {
    await upload(GREEDY, 1, 'small.jpg', { webhook_url: `${hanging.url}/hook?${webhook}` });
  }
  const greedy = [await upload(GREEDY, Number(images), 'dear.png')];
  for (let request = 0; request < 20; request++) greedy.push(await upload(GREEDY, 2, 'dear.png'));
  const beside = await modest();
  const left = (await Promise.all(greedy.map((id) => isFinished(GREEDY, id)))).filter((finished) => !finished).length;
  for (const [name, samples] of Object.entries(alone)) {
    const other = beside[name as keyof typeof beside];
    const [before, after] = [median(samples), median(other)];
    say(
      `${name}: alone ${before.toFixed(0)} ms, beside ${after.toFixed(0)} ms (${(after / before).toFixed(1)} times), ` +
        `slowest ${Math.max(...other).toFixed(0)} ms`,
    );
  }
  say(`requests of the greedy customer that were not finished by then: ${left} of ${greedy.length}`);
} finally {
  await pixmill.stop('SIGKILL');
  origin.close();
  hanging.close();
  rmSync(work, { recursive: true, force: true });
}
