import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { onlyInLongRun, times } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { CHEAP_START, spawnPixmill, startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

test('a second process on the same folder is refused each time, and the first goes on', async () => {
  const first = await startPixmill();
  const env = { PIXMILL_DATA_DIR: first.dataDir, PIXMILL_PORT: '0' };
  for (let time = 0; time < times(5, 20); time += 5) {
    const others = await Promise.all(Array.from({ length: 5 }, () => runCommand(['start'], env)));
    for (const { exitCode, err } of others) {
      assert.equal(exitCode, 1);
      assert.match(err, /Another Pixmill is working in/);
    }
  }
  assert.equal((await first.call('/ready')).status, 200);
});

test('the folder of a process that was killed is taken over at once', { skip: onlyInLongRun }, async () => {
  const dataDir = temporaryFolder();
  for (let time = 0; time < 3; time++) {
    const pixmill = await spawnPixmill({ dataDir, env: CHEAP_START });
    await pixmill.stop('SIGKILL');
  }
  await (await spawnPixmill({ dataDir, env: CHEAP_START })).stop();
});

test('a database of a newer version is refused and left alone', async () => {
  const dataDir = temporaryFolder();
  await (await spawnPixmill({ dataDir, env: CHEAP_START })).stop();
  const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'));
  database.exec("insert into kysely_migration values ('9999-from-the-future', '2099-01-01')");
  database.close();
  const { exitCode, err } = await runCommand(['start'], { PIXMILL_DATA_DIR: dataDir, PIXMILL_PORT: '0' });
  assert.equal(exitCode, 1);
  assert.match(err, /newer version/);
});

test('SIGTERM lets what runs finish, and exits with 0', async () => {
  const jpeg = await photo(1_500, 1_000).jpeg({ quality: 95 }).toBuffer();
  const origin = await startOrigin({ '/a.jpg': jpeg });
  const pixmill = await startPixmill();
  const rows = Array.from({ length: 60 }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`).join('\n');
  const { request_id } = (await (await pixmill.upload(`${HEADER}${rows}\n`)).json()) as { request_id: string };
  while (
    ((await (await pixmill.call(`/api/status/${request_id}`)).json()) as { images_processed: number })
      .images_processed === 0
  );
  assert.equal(await pixmill.stop('SIGTERM'), 0);
  const again = await startPixmill({ dataDir: pixmill.dataDir });
  const done = await again.finished(request_id);
  assert.deepEqual([done.images_processed, done.images_failed], [60, 0]);
  assert.ok(
    [...origin.asked.values()].every((times) => times === 1),
    'nothing was done twice',
  );
});

test('a stop that would last too long hands back what is left; a second SIGTERM exits at once', async () => {
  const jpeg = await photo(100, 80).jpeg().toBuffer();
  let asked: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const origin = await startOrigin({
    '/slow.jpg': (_request, response) => {
      asked();
      setTimeout(() => response.end(jpeg), 30_000).unref();
    },
  });
  const patient = await startPixmill({ env: { PIXMILL_STOP_SECONDS: '1' } });
  await patient.upload(`${HEADER}1,Mug,${origin.url}/slow.jpg\n`);
  await hanging;
  const started = performance.now();
  assert.equal(await patient.stop('SIGTERM'), 0);
  const took = performance.now() - started;
  assert.ok(took > 800 && took < 5_000, `${took} ms`);

  const askedAgain = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const hurried = await startPixmill({ dataDir: patient.dataDir });
  await askedAgain;
  process.kill(hurried.pid, 'SIGTERM');
  // It has begun to stop when it takes no calls any more.
  while (await hurried.call('/health').catch(() => undefined));
  const second = performance.now();
  assert.equal(await hurried.stop('SIGTERM'), 130);
  assert.ok(performance.now() - second < 1_000);
});

test('a client that never ends its upload does not hold a stop for longer than that', async () => {
  const pixmill = await startPixmill({ env: { PIXMILL_STOP_SECONDS: '1' } });
  const socket = connect(Number(new URL(pixmill.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const head =
    'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n';
  socket.write(`${head}\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${HEADER}`);
  while (temporaryFiles(pixmill.dataDir).length === 0) await new Promise(setImmediate);
  const started = performance.now();
  assert.equal(await pixmill.stop('SIGTERM'), 0);
  assert.ok(performance.now() - started < 5_000);
});

test('a call that is under way at a stop is answered, and its connection does not hold the stop', async () => {
  const pixmill = await startPixmill();
  const { hostname: host, port } = new URL(pixmill.url);
  const agent = new Agent({ keepAlive: true });
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const call = request({ host, port, path: '/api/upload', method: 'POST', agent, headers });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.write(`--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${HEADER}`);
  while (temporaryFiles(pixmill.dataDir).length === 0) await new Promise(setImmediate);
  const started = performance.now();
  const stopped = pixmill.stop();
  // It has begun to stop when it takes no calls any more.
  while (await pixmill.call('/health').catch(() => undefined));
  call.end('\r\n--x--\r\n');
  const [answer] = await answered;
  assert.equal(answer.statusCode, 422);
  answer.resume();
  assert.equal(await stopped, 0);
  // An idle connection is kept for 30 s.
  assert.ok(performance.now() - started < 15_000);
  agent.destroy();
});

test('a small request passes a large one', async () => {
  const jpeg = await photo(200, 150).jpeg({ quality: 95 }).toBuffer();
  const origin = await startOrigin({ '/a.jpg': jpeg });
  const pixmill = await startPixmill();
  const csv = (count: number, name: string) =>
    HEADER + Array.from({ length: count }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${name}${index}\n`).join('');
  const large = (await (await pixmill.upload(csv(100_000, 'l'))).json()) as { request_id: string };
  const started = performance.now();
  const small = (await (await pixmill.upload(csv(3, 's'))).json()) as { request_id: string };
  await pixmill.finished(small.request_id);
  assert.ok(performance.now() - started < 10_000, `${performance.now() - started} ms`);
  const { status } = (await (await pixmill.call(`/api/status/${large.request_id}`)).json()) as { status: string };
  assert.equal(status, 'Processing');
});

test('uploads are put off while more waits than is configured', async () => {
  const origin = await startOrigin({});
  const pixmill = await startPixmill({ env: { PIXMILL_MAX_BACKLOG: '100', PIXMILL_ROLE: 'api' } });
  const rows = Array.from({ length: 200 }, (_, index) => `${index},Mug,${origin.url}/a.jpg?${index}`).join('\n');
  assert.equal((await pixmill.upload(`${HEADER}${rows}\n`)).status, 200);
  const refused = await pixmill.upload(`${HEADER}1,Mug,${origin.url}/a.jpg\n`);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '10']);
});
