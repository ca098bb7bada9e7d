import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { readCompose } from '../support/compose.ts';
import { onlyInLongRun } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { startProxy } from '../support/proxy.ts';
import { S3_CREDENTIALS, startS3Server } from '../support/s3.ts';

const KEY = 'a-key-of-enough-characters';
const IMAGES = 60;

const postgres = await startPostgres();
const bucket = await startS3Server();

/** Every process of ours in compose.yaml with its settings there; only addresses are those of this machine. */
async function startLayout(publicUrl: string) {
  const { services } = readCompose({ PIXMILL_API_KEYS: KEY, POSTGRES_PASSWORD: 'secret', S3_PASSWORD: 'secret-too' });
  const database = await postgres.newDatabase();
  const here = {
    ...S3_CREDENTIALS,
    PIXMILL_PUBLIC_URL: publicUrl,
    PIXMILL_DATABASE_URL: database,
    PIXMILL_STORAGE_URL: `s3://images/shop?endpoint=${bucket.endpoint}`,
    PIXMILL_CONCURRENCY: '1',
  };
  const start = (name: string): Promise<RunningPixmill[]> => {
    const { command, deploy, environment } = services[name] ?? {};
    const env = { ...environment, ...here, PIXMILL_ROLE: String(command) };
    return Promise.all(Array.from({ length: deploy?.replicas ?? 1 }, () => startPixmill({ env })));
  };
  const [apis, workers] = await Promise.all([start('api'), start('worker')]);
  return { apis, workers };
}

/** The live progress of a request: `first` once the first event is there, `last` once the stream has ended. */
function follow(url: string, headers: Record<string, string>) {
  const first = Promise.withResolvers<void>();
  const last = (async () => {
    const response = await fetch(url, { headers });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    let events = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      events += chunk;
      first.resolve();
    }
    return JSON.parse(events.trim().split('data: ').at(-1) ?? '') as StatusObject;
  })();
  last.catch(first.reject);
  return { first: first.promise, last };
}

test('two APIs behind a proxy and two workers are one service: whatever one API took, the other one knows', {
  skip: onlyInLongRun,
}, async () => {
  const picture = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  const open = Promise.withResolvers<void>();
  const origin = await startOrigin({ '/a.jpg': (_, response) => void open.promise.then(() => response.end(picture)) });
  const proxy = await startProxy();
  const { apis, workers } = await startLayout(proxy.url);
  proxy.targets.push(...apis.map(({ url }) => url));
  const headers = { authorization: `Bearer ${KEY}` };
  const everywhere = [proxy.url, ...apis.map(({ url }) => url)];
  const json = async <T>(url: string) => (await (await fetch(url, { headers })).json()) as T;

  const rows = Array.from({ length: IMAGES }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`);
  const form = new FormData();
  form.set('file', new File([`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`], 'products.csv'));
  const upload = await fetch(`${proxy.url}/api/upload`, { method: 'POST', body: form, headers });
  assert.equal(upload.status, 200);
  const { request_id: id } = (await upload.json()) as { request_id: string };
  assert.equal(upload.headers.get('location'), `${proxy.url}/api/status/${id}`);

  const streams = everywhere.map((url) => follow(`${url}/api/requests/${id}/events`, headers));
  await Promise.all(streams.map(({ first }) => first));
  for (const url of everywhere) {
    const { images_total, finished_at } = await json<StatusObject>(`${url}/api/status/${id}`);
    assert.deepEqual([images_total, finished_at], [IMAGES, null]);
    const { requests } = await json<{ requests: StatusObject[] }>(`${url}/api/requests`);
    assert.deepEqual([requests.map(({ request_id }) => request_id)], [[id]]);
  }

  open.resolve();
  for (const { last } of streams) {
    const { status, images_processed } = await last;
    assert.deepEqual([status, images_processed], ['Completed', IMAGES]);
  }
  const results = await Promise.all(
    everywhere.map(async (url) => (await fetch(`${url}/api/download/${id}`, { headers })).text()),
  );
  assert.equal(new Set(results).size, 1);
  const links = [...(results[0] ?? '').matchAll(/http[^,\s]+\/api\/image\/[^",\s]+/g)].map(([link]) => link);
  assert.equal(new Set(links).size, IMAGES);
  for (const link of links.slice(0, 4)) {
    assert.ok(link.startsWith(`${proxy.url}/api/image/`));
    assert.equal((await fetch(link)).headers.get('content-type'), 'image/jpeg');
  }

  assert.equal(bucket.stored().size, IMAGES);
  const deleted = await fetch(`${apis[1]?.url}/api/requests/${id}`, { method: 'DELETE', headers });
  assert.equal(deleted.status, 204);
  for (const url of everywhere) assert.equal((await fetch(`${url}/api/status/${id}`, { headers })).status, 404);
  assert.equal(bucket.stored().size, 0);
  for (const worker of workers) assert.equal((await worker.call('/ready')).status, 200);
});
