import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { atTheEnd } from '../support/at-the-end.ts';
import { onlyInLongRun } from '../support/long-run.ts';
import { startNameServer } from '../support/name-server.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

const csvOf = (links: string[]) => HEADER + links.map((link, index) => `${index},Mug,${link}\n`).join('');
const deadLinks = (count: number) => Array.from({ length: count }, (_, index) => `http://n${index}.dead.example/a.jpg`);

/** For the program nobody ever answers for `*.dead.example`; all other names are this machine. */
async function start(env: Record<string, string> = {}): Promise<RunningPixmill> {
  const { program } = await startNameServer((name) => (name.endsWith('dead.example') ? 'silence' : ['127.0.0.1']));
  return startPixmill({ ...program, env: { ...program.env, ...env } });
}

async function upload(pixmill: RunningPixmill, links: string[], fields: Record<string, string> = {}): Promise<string> {
  const answer = await pixmill.upload(csvOf(links), fields);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { request_id: string }).request_id;
}

/** Status, tries and failure of each image. */
async function imagesOf(pixmill: RunningPixmill, id: string): Promise<Set<string>> {
  const details = (await (await pixmill.call(`/api/details/${id}?limit=1000`)).json()) as {
    products: { images: { status: string; attempts: number; error: { code: string; message: string } | null }[] }[];
  };
  const images = details.products.flatMap(({ images }) => images);
  return new Set(
    images.map(({ status, attempts, error }) => [status, attempts, error?.code, error?.message].join(' ').trim()),
  );
}

test('100 links to names that nobody answers for hold up no other request and no stop, and use up no try by waiting', async () => {
  const jpeg = await photo(100, 80).jpeg().toBuffer();
  const origin = await startOrigin({ '/a.jpg': jpeg });
  const { port } = new URL(origin.url);
  const hanging = createServer();
  const connected = once(hanging, 'connection');
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => hanging.close());
  const { port: hangingPort } = hanging.address() as AddressInfo;
  const pixmill = await start({
    PIXMILL_MAX_LOOKUP_SECONDS: '60',
    PIXMILL_MAX_FIRST_BYTE_SECONDS: '60',
    PIXMILL_MAX_DOWNLOAD_SECONDS: '60',
    PIXMILL_STOP_SECONDS: '1',
  });
  const dead = await upload(pixmill, deadLinks(100));
  // Names that nobody has asked for yet, one that is known by now, and an address.
  for (const link of [
    (index: number) => `http://shop${index}.example:${port}/a.jpg`,
    (index: number) => `http://shop0.example:${port}/a.jpg?${index}`,
    (index: number) => `${origin.url}/a.jpg?literal${index}`,
  ]) {
    const id = await upload(
      pixmill,
      Array.from({ length: 20 }, (_, index) => link(index)),
    );
    await pixmill.finished(id);
    assert.deepEqual(await imagesOf(pixmill, id), new Set(['done 1']));
  }
  assert.deepEqual(await imagesOf(pixmill, dead), new Set(['pending 0']));

  await upload(pixmill, [`https://shop.example:${hangingPort}/a.jpg`]);
  const [socket] = (await connected) as [Socket];
  atTheEnd(() => socket.destroy());
  const started = performance.now();
  assert.equal(await pixmill.stop('SIGTERM'), 0);
  assert.ok(performance.now() - started < 10_000, 'far below the minute that lookups and connections may take');
});

test('64 links to names that nobody answers for, each its own, fail after their tries and say why', {
  skip: onlyInLongRun,
}, async () => {
  const pixmill = await start({ PIXMILL_MAX_LOOKUP_SECONDS: '1' });
  const id = await upload(pixmill, deadLinks(64));
  await pixmill.finished(id);
  const failed = 'failed 3 dns_failed No name server gave an answer for the host name of the link.';
  assert.deepEqual(await imagesOf(pixmill, id), new Set([failed]));
});

test('webhooks to names that nobody answers for hold up no other webhook', { skip: onlyInLongRun }, async () => {
  const jpeg = await photo(100, 80).jpeg().toBuffer();
  const called = Promise.withResolvers<void>();
  const origin = await startOrigin({
    '/a.jpg': jpeg,
    '/hook': (_request, response) => {
      response.end();
      called.resolve();
    },
  });
  const pixmill = await start();
  const ids = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      upload(pixmill, [`${origin.url}/a.jpg?${index}`], { webhook_url: `http://n${index}.dead.example/` }),
    ),
  );
  await Promise.all(ids.map((id) => pixmill.finished(id)));
  const started = performance.now();
  await upload(pixmill, [`${origin.url}/a.jpg`], { webhook_url: `${origin.url}/hook` });
  await called.promise;
  // If they waited for their names: eight at once, 15 s each.
  assert.ok(performance.now() - started < 10_000);
});
