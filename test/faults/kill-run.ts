import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { CHEAP_START, type RunningPixmill, spawnPixmill } from '../support/pixmill.ts';
import { type OperationLog, violations } from './checker.ts';

export interface KillSettings {
  dataDir: string;
  requests: number;
  imagesPerRequest: number;
  kills: number;
  /** Longest pause between two kills, in milliseconds. */
  pauseMs: number;
  seed: number;
  say(line: string): void;
}

export interface KillResult {
  violations: string[];
  kills: { main: number; decoder: number; both: number };
  images: number;
  webhooks: number;
  /** From the last start to the end of the last request, in milliseconds. */
  recoveryMs: number;
}

/**
 * Uploads requests while the main process, one of its decoders, or both are killed at random moments; then lets it
 * finish and compares everything with what was promised.
 */
export async function killRun(settings: KillSettings): Promise<KillResult> {
  const { dataDir, requests, imagesPerRequest, say } = settings;
  let random = settings.seed;
  const next = (below: number) => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (random >> 8) % below;
  };
  const log: OperationLog = { acknowledged: new Map(), webhooks: new Map() };
  const origin = await openOrigin({
    '/a.jpg': await photo(200, 150).jpeg({ quality: 95 }).toBuffer(),
    '/hook': async (request, response) => {
      const id = (JSON.parse(await text(request)) as { data: { request_id: string } }).data.request_id;
      log.webhooks.set(id, [...(log.webhooks.get(id) ?? []), String(request.headers['webhook-id'])]);
      // Receivers fail now and then, too.
      response.writeHead(next(4) === 0 ? 500 : 204).end();
    },
  });
  const result: KillResult = {
    violations: [],
    kills: { main: 0, decoder: 0, both: 0 },
    images: requests * imagesPerRequest,
    webhooks: 0,
    recoveryMs: 0,
  };
  // All decoders of a real start: they are killed, too.
  const { NODE_COMPILE_CACHE } = CHEAP_START;
  const start = () => spawnPixmill({ dataDir, env: { NODE_COMPILE_CACHE, PIXMILL_LOG_LEVEL: 'silent' } });
  let pixmill = await start();
  const restart = async () => {
    await pixmill.stop('SIGKILL');
    pixmill = await start();
  };

  /** Uploads one request until it is acknowledged; a key makes the repetition harmless. */
  async function upload(number: number): Promise<void> {
    const rows = Array.from(
      { length: imagesPerRequest },
      (_, index) => `${index},Mug ${index},${origin.url}/a.jpg?${number}-${index}`,
    );
    const csv = `S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`;
    for (;;) {
      const form = new FormData();
      form.set('webhook_url', `${origin.url}/hook`);
      form.set('file', new File([csv], 'products.csv'));
      const headers = { 'idempotency-key': `request-${number}` };
      try {
        const response = await pixmill.call('/api/upload', { method: 'POST', body: form, headers });
        const { request_id } = (await response.json()) as { request_id: string };
        if (response.status === 200) return void log.acknowledged.set(request_id, imagesPerRequest);
      } catch {
        // It was killed in the middle: nothing was promised.
      }
      await sleep(50);
    }
  }

  const uploading = (async () => {
    for (let number = 0; number < requests; number++) await upload(number);
  })();
  for (let kill = 1; kill <= settings.kills; kill++) {
    await sleep(next(settings.pauseMs));
    const kind = (['main', 'main', 'decoder', 'both'] as const)[next(4)] ?? 'main';
    result.kills[kind]++;
    if (kind !== 'main') killDecoder(pixmill, next);
    if (kind !== 'decoder') await restart();
    if (kill % 20 === 0) say(`${kill} kills, ${log.acknowledged.size} of ${requests} requests acknowledged`);
  }
  await restart();
  const restarted = Date.now();
  await uploading;
  for (const id of log.acknowledged.keys()) await pixmill.finished(id);
  result.recoveryMs = Date.now() - restarted;
  while ([...log.acknowledged.keys()].some((id) => !log.webhooks.has(id)) && Date.now() - restarted < 120_000)
    await sleep(100);
  await waitForIdle(pixmill);
  await pixmill.stop();
  // The next start tidies up.
  pixmill = await start();
  await pixmill.stop();
  origin.close();
  result.violations = violations(dataDir, log);
  result.webhooks = [...log.webhooks.values()].reduce((sum, ids) => sum + ids.length, 0);
  return result;
}

/** Webhooks that were answered with 500 are still being repeated. */
async function waitForIdle(pixmill: RunningPixmill): Promise<void> {
  const { requests } = (await (await pixmill.call('/api/requests?limit=1000')).json()) as {
    requests: { request_id: string }[];
  };
  for (const { request_id } of requests) {
    for (;;) {
      const { deliveries } = (await (await pixmill.call(`/api/requests/${request_id}/deliveries`)).json()) as {
        deliveries: { state: string; next_at: string | null }[];
      };
      const last = deliveries.at(-1);
      // A second failure in a row would be repeated in five minutes: it is asked for again.
      if (last?.state === 'delivered') break;
      if (last?.next_at && Date.parse(last.next_at) > Date.now() + 60_000)
        await pixmill.call(`/api/requests/${request_id}/deliveries/redeliver`, { method: 'POST' });
      await sleep(100);
    }
  }
}

function killDecoder({ pid }: RunningPixmill, next: (below: number) => number): void {
  const decoders = readdirSync('/proc').filter((child) => {
    try {
      return readFileSync(`/proc/${child}/status`, 'utf8').includes(`PPid:\t${pid}\n`);
    } catch {
      return false;
    }
  });
  const chosen = decoders[next(Math.max(decoders.length, 1))];
  if (chosen === undefined) return;
  try {
    process.kill(Number(chosen), 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
