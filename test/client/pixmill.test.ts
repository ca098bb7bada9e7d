import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Pixmill, PixmillError, type Status, verifyWebhook } from '../../src/client/index.ts';
import { multipart } from '../../src/client/multipart.ts';
import { openFile } from '../../src/client/node.ts';
import { passOn, startFront } from '../support/front.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const KEY = 'client-0123456789abcdef';
const jpeg = await photo(80, 60).jpeg({ quality: 95 }).toBuffer();
let repaired = false;
/** Images that wait until their test lets them go, by their links. */
const held: [link: string, release: () => void][] = [];
let heard: (message: { headers: Record<string, string>; body: string }) => void = () => undefined;
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/flaky.jpg': (_request, response) => {
    if (repaired) response.end(jpeg);
    else response.writeHead(404).end();
  },
  '/held.jpg': ({ url = '' }, response) => {
    held.push([url, () => response.end(jpeg)]);
  },
  '/hook': async (request, response) => {
    heard({ headers: request.headers as Record<string, string>, body: await text(request) });
    response.end();
  },
});
/** No program listens there, and no test is given a port so low. */
const NOBODY = 'http://127.0.0.1:2';
const server = await startPixmill({ env: { PIXMILL_API_KEYS: KEY } });
const pixmill = new Pixmill({ url: `${server.url}/`, key: KEY });

const HEADER = 'S. No.,Product Name,Input Image Urls';
const csv = (...links: string[]) =>
  new Blob([`${HEADER}\n${links.map((link, index) => `${index + 1},Mug,${origin.url}${link}\n`).join('')}`]);

const waiting = (link: string) => held.filter(([url]) => url === link);
function release(link: string): void {
  for (const [, go] of waiting(link)) go();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

const fails =
  (code: string, more: Partial<PixmillError> = {}) =>
  (error: unknown) => {
    assert.ok(error instanceof PixmillError, String(error));
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(more)) assert.deepEqual(error[name as keyof PixmillError], value, name);
    return true;
  };

describe('a request from its upload to its end', async () => {
  const file = join(temporaryFolder(), 'spring.csv');
  writeFileSync(file, await csv('/a.jpg?1', '/flaky.jpg').text());
  const upload = await pixmill.upload(await openFile(file), { quality: 40, format: 'webp' });
  const states: Status[] = [];
  const done = await pixmill.wait(upload.request_id, { onProgress: (status) => states.push(status) });

  test('is followed to its final state, under the name of its file', () => {
    assert.deepEqual([done.status, done.images_total, done.images_failed], ['Completed', 2, 1]);
    assert.equal(done.file_name, 'spring.csv');
    assert.deepEqual(states.at(-1), done);
  });

  test('gives its products, its CSV, its failures and its images', async () => {
    const products = await Array.fromAsync(pixmill.results(upload.request_id));
    assert.deepEqual(
      products.flatMap(({ images }) => images.map(({ format_out, error }) => error?.code ?? format_out)),
      ['webp', 'http_404'],
    );
    assert.equal((await Array.fromAsync(pixmill.results(upload.request_id, { status: 'failed' }))).length, 1);
    assert.match(await (await pixmill.downloadCsv(upload.request_id)).text(), /Output Image Urls\n.*\.webp\n/);
    assert.match(await (await pixmill.downloadErrors(upload.request_id)).text(), /http_404/);
    assert.equal((await (await pixmill.downloadImages(upload.request_id)).text()).slice(0, 2), 'PK');
  });

  test('is listed, can be tried again, and deleted', async () => {
    const listed = await Array.fromAsync(pixmill.list());
    assert.ok(listed.some(({ request_id }) => request_id === upload.request_id));
    repaired = true;
    assert.equal((await pixmill.retry(upload.request_id)).images_pending, 1);
    assert.equal((await pixmill.wait(upload.request_id)).images_failed, 0);
    await assert.rejects(
      pixmill.retry(upload.request_id),
      fails('nothing_to_retry', { status: 409, retryable: false }),
    );
    await pixmill.remove(upload.request_id);
    await assert.rejects(pixmill.wait(upload.request_id), fails('request_not_found', { status: 404 }));
  });
});

test('more products than a page holds all come', async () => {
  const { request_id } = await pixmill.upload(csv(...Array.from({ length: 450 }, () => '/a.jpg')));
  await pixmill.wait(request_id);
  const lines = (await Array.fromAsync(pixmill.results(request_id))).map(({ line }) => line);
  assert.deepEqual(
    lines,
    Array.from({ length: 450 }, (_, index) => index + 2),
  );
});

test('check says what an upload would do, and keeps nothing', async () => {
  const before = (await Array.fromAsync(pixmill.list())).length;
  const answer = await pixmill.check(csv('/a.jpg', '/a.jpg'));
  assert.deepEqual([answer.request_id, answer.images_total, answer.report?.different_images], [null, 2, 1]);
  assert.equal((await Array.fromAsync(pixmill.list())).length, before);
});

test('a refusal says what is wrong, line by line, and whether to try again', async () => {
  const bad = new Blob([`${HEADER}\n1,Mug,\n2,Cup,\n`]);
  await assert.rejects(pixmill.upload(bad), (error) => {
    assert.ok(fails('csv_invalid', { status: 422, issuesTotal: 2, retryable: false })(error));
    return (error as PixmillError).issues.map(({ line }) => line).join() === '2,3';
  });
  await assert.rejects(pixmill.upload(csv('/a.jpg'), { quality: 0 }), fails('invalid_option'));
  const stranger = new Pixmill({ url: server.url, key: 'wrong' });
  await assert.rejects(stranger.status('x'), fails('unauthorized', { status: 401, retryable: false }));
  const nobody = new Pixmill({ url: NOBODY, repeats: 0 });
  await assert.rejects(nobody.status('x'), fails('unreachable', { status: null, retryable: true }));
  const other = new Pixmill({ url: origin.url, repeats: 0 });
  await assert.rejects(other.status('x'), fails('unexpected_answer', { status: 404 }));
  for (const url of ['127.0.0.1:8080', 'localhost:8080', 'ftp://x', 'http://user@x']) {
    assert.throws(() => new Pixmill({ url }), TypeError, url);
  }
});

test('a webhook is told from a forged one, and its event is typed', async () => {
  const called = new Promise<Parameters<typeof heard>[0]>((resolve) => {
    heard = resolve;
  });
  const { request_id } = await pixmill.upload(csv('/a.jpg'), { webhook_url: `${origin.url}/hook` });
  const { headers, body } = await called;
  const secret = (await runCommand(['secret'], { PIXMILL_DATA_DIR: server.dataDir })).out.trim();
  const event = verifyWebhook(body, headers, secret);
  assert.deepEqual([event.type, event.data.request_id], ['request.completed', request_id]);
  assert.equal(verifyWebhook(body, new Headers(headers), secret).timestamp, event.timestamp);
  assert.throws(() => verifyWebhook(`${body} `, headers, secret), fails('invalid_signature'));
  assert.throws(() => verifyWebhook(body, {}, secret), fails('invalid_signature'));
  const [attempt] = await pixmill.deliveries(request_id);
  assert.deepEqual([attempt?.state, attempt?.status_code], ['delivered', 200]);
  assert.equal((await pixmill.redeliver(request_id)).length, 1);
});

test('an upload that is refused before all of it is sent ends with the refusal', async () => {
  const refusing = await startOrigin({
    '/api/upload': (_request, response) =>
      response.writeHead(401).end(JSON.stringify({ code: 'unauthorized', title: 'A key is needed.' })),
  });
  const file = join(temporaryFolder(), 'long.csv');
  writeFileSync(file, '');
  truncateSync(file, 20_000_000);
  const stranger = new Pixmill({ url: refusing.url, key: 'wrong' });
  await assert.rejects(stranger.upload(await openFile(file)), fails('unauthorized', { status: 401 }));
});

test('a form is sent with its names, values and file as they are', async () => {
  const names = ['spring.csv', 'größe "XL"\r\n; x=1.csv'];
  for (const name of names) {
    const fields: [string, string][] = [
      ['format', 'webp'],
      ['webhook_url', 'https://shop.example/?a="ü"&b=--'],
    ];
    const body = multipart(fields, new Blob(['a\r\n--b\n'], { type: 'text/csv' }), name, 'b0');
    const form = await new Response(body).formData();
    const file = form.get('file') as File;
    assert.deepEqual([file.name, file.type, await file.text()], [name, 'text/csv', 'a\r\n--b\n']);
    form.delete('file');
    assert.deepEqual([...form], fields);
  }
});

test('a large file is sent without being held in memory', async () => {
  const file = join(temporaryFolder(), 'large.csv');
  writeFileSync(file, '');
  truncateSync(file, 300_000_000);
  const sink = createServer(async (request, response) => {
    await finished(request.resume());
    response.end('{}');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const { port } = sink.address() as AddressInfo;
  const program = `
    import { Pixmill } from ${JSON.stringify(import.meta.resolve('../../src/client/index.ts'))};
    import { openFile } from ${JSON.stringify(import.meta.resolve('../../src/client/node.ts'))};
    await new Pixmill({ url: 'http://127.0.0.1:${port}' }).upload(await openFile(process.argv[1]));
    console.log(process.resourceUsage().maxRSS / 1e3);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, file]);
  sink.close();
  assert.ok(Number(stdout) < 250, `${stdout} MB`);
});

describe('where the network is bad', { concurrency: true }, () => {
  test('an upload whose answer was lost is sent again, and starts nothing twice', async () => {
    const url = await startFront(server.url, async ({ times }, answer, response) => {
      if (times === 1) response.destroy();
      else await passOn(answer, response);
    });
    const lost = new File([csv('/a.jpg?lost')], 'lost.csv');
    const { request_id } = await new Pixmill({ url, key: KEY }).upload(lost);
    const started = (await Array.fromAsync(pixmill.list())).filter(({ file_name }) => file_name === 'lost.csv');
    assert.deepEqual(
      started.map((status) => status.request_id),
      [request_id],
    );
  });

  test('a cancel whose answer was lost is not sent again by itself', async () => {
    let calls = 0;
    const url = await startFront(server.url, (_call, _answer, response) => {
      calls++;
      response.destroy();
    });
    await assert.rejects(new Pixmill({ url, key: KEY }).cancel('x'), fails('unreachable'));
    assert.equal(calls, 1);
  });

  test('a server that is overloaded is asked again when it said, and not sooner', async () => {
    const url = await startFront(server.url, async ({ times }, answer, response) => {
      if (times === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else await passOn(answer, response);
    });
    const started = performance.now();
    await new Pixmill({ url, key: KEY }).upload(csv('/a.jpg'));
    assert.ok(performance.now() - started >= 990);
    const patient = await startFront(server.url, (_call, _answer, response) => {
      response.writeHead(503, { 'retry-after': '3600' }).end();
    });
    await assert.rejects(
      new Pixmill({ url: patient, key: KEY }).status('x'),
      fails('unexpected_answer', { retryAfter: 3600 }),
    );
  });

  test('where a proxy holds live events back, asking takes their place', async () => {
    const { request_id } = await pixmill.upload(csv('/held.jpg?proxy'));
    await until(() => waiting('/held.jpg?proxy').length > 0);
    const url = await startFront(server.url, async ({ path }, answer, response) => {
      // As a proxy does that waits for the end of the answer.
      if (path.endsWith('/events')) response.writeHead(200).flushHeaders();
      else await passOn(answer, response);
    });
    const states: Status[] = [];
    const done = await new Pixmill({ url, key: KEY }).wait(request_id, {
      onProgress(status) {
        states.push(status);
        release('/held.jpg?proxy');
      },
    });
    assert.equal(done.status, 'Completed');
    assert.ok(states.length >= 2);
  });

  test('waiting goes on through a restart of the server', async () => {
    const first = await startPixmill();
    const env = { PIXMILL_PORT: new URL(first.url).port };
    const client = new Pixmill({ url: first.url });
    const { request_id } = await client.upload(csv('/held.jpg?restart'));
    let states = 0;
    const done = client.wait(request_id, { onProgress: () => states++ });
    await until(() => waiting('/held.jpg?restart').length === 1 && states > 0);
    await first.stop('SIGKILL');
    await startPixmill({ dataDir: first.dataDir, env });
    await until(() => waiting('/held.jpg?restart').length === 2);
    release('/held.jpg?restart');
    assert.equal((await done).status, 'Completed');
  });

  test('waiting ends when it is told to, or when the server stays away for too long', async () => {
    const { request_id } = await pixmill.upload(csv('/held.jpg?abort'));
    const stop = new AbortController();
    const reason = new Error('enough');
    const wait = pixmill.wait(request_id, { signal: stop.signal, onProgress: () => stop.abort(reason) });
    await assert.rejects(wait, reason);
    assert.equal((await pixmill.cancel(request_id)).status, 'Cancelled');
    const nobody = new Pixmill({ url: NOBODY });
    await assert.rejects(nobody.wait('x', { patienceSeconds: 0 }), fails('unreachable'));
  });
});
