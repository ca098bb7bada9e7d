import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { MAIN, startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Line = Record<string, unknown> & { msg: string; level: number };

const LONGEST_WAIT_MS = 60_000;

test('the log leads from a call to its shards and webhooks, in lines of JSON, and holds nothing that opens doors', async () => {
  const secret = (name: string) => `${name}-${randomBytes(12).toString('hex')}`;
  const key = secret('key');
  const link = secret('signature');
  const password = secret('password');
  const hook = secret('hook');
  const webhookSecret = randomBytes(24).toString('base64');
  const origin = await startOrigin({
    '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer(),
    '/broken.jpg': (_request, response) => void response.destroy(),
    '/moved.jpg': (_request, response) =>
      void response.writeHead(302, { location: `//127.0.0.1:1/?sig=${link}` }).end(),
    [`/${hook}`]: (_request, response) => void response.writeHead(500).end(),
  });
  const pixmill = await startPixmill({
    env: {
      PIXMILL_LOG_LEVEL: 'debug',
      PIXMILL_API_KEYS: key,
      PIXMILL_WEBHOOK_SECRET: `whsec_${webhookSecret}`,
      PIXMILL_MAX_TRIES: '1',
    },
  });
  const signed = `X-Amz-Signature=${link}&sig=${link}`;
  const links = [
    `${origin.url}/a.jpg?${signed}`,
    `${origin.url}/lost.jpg?${signed}`,
    `${origin.url}/broken.jpg?${signed}`,
    `${origin.url}/moved.jpg?${signed}`,
    `http://127.0.0.1:1/a.jpg?${signed}`,
    `http://me:${password}@127.0.0.1/a.jpg?${signed}`,
  ];
  const form = new FormData();
  form.set('file', new File([`S. No.,Product Name,Input Image Urls\n1,Mug,"${links.join(',')}"\n`], 'p.csv'));
  form.set('webhook_url', `${origin.url}/${hook}?key=${hook}`);
  const upload = await pixmill.call('/api/upload', {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${key}`, 'x-request-id': 'monday-7' },
  });
  assert.equal(upload.headers.get('x-request-id'), 'monday-7');
  const { request_id } = (await upload.json()) as { request_id: string };

  const session = await pixmill.call('/api/session', {
    method: 'POST',
    body: JSON.stringify({ key }),
    headers: { 'content-type': 'application/json' },
  });
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
  assert.match(cookie, /=.{20}/);
  await pixmill.call(`/api/status/${request_id}?token=${link}`, { headers: { cookie } });
  await pixmill.call(`/api/status/${request_id}/%zz?token=${link}`, { headers: { 'x-api-key': key } });
  const forged = await pixmill.call(`/api/status/${request_id}`, { headers: { 'x-request-id': 'two words' } });
  assert.match(forged.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  await pixmill.call('/health');

  const lines = (): Line[] =>
    pixmill
      .log()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  const some = (wanted: Partial<Line>) =>
    lines().find((line) => Object.entries(wanted).every(([name, value]) => line[name] === value));

  for (const wanted of [
    { msg: 'upload accepted', reqId: 'monday-7', request_id, images: 6 },
    { msg: 'answered', reqId: 'monday-7', method: 'POST', route: '/api/upload', status: 200, level: 30 },
    { msg: 'answered', path: `/api/status/${request_id}`, route: '/api/status/:id', status: 401 },
    { msg: 'answered', route: '/health', level: 20 },
    { msg: 'answered', route: 'none', path: `/api/status/${request_id}/%zz`, status: 404 },
    { msg: 'shard worked on', request_id, shard: 0, done: 1, failed: 5, later: 0 },
    { msg: 'a try failed', request_id, image: 2, code: 'connect_failed', level: 20 },
    { msg: 'webhook refused', request_id, try: 1, host: new URL(origin.url).host, status: 500, level: 40 },
  ]) {
    // A line may come after the answer that it is about.
    for (const latest = Date.now() + LONGEST_WAIT_MS; !some(wanted); await sleep(20)) {
      assert.ok(Date.now() < latest, JSON.stringify(wanted));
    }
  }
  assert.match(JSON.stringify(some({ msg: 'a try failed', image: 2 })?.err), /other side closed/);
  const log = pixmill.log();
  for (const hidden of [key, link, password, hook, webhookSecret, cookie.split('=')[1] ?? '']) {
    assert.ok(hidden.length > 16 && !log.includes(hidden), hidden);
  }
});

test('who looks at a terminal reads lines, not JSON', { skip: without('script') }, async () => {
  // A terminal of its own for the program; what is typed there is Ctrl-C.
  const terminal = spawn('script', ['-qec', `"${process.execPath}" "${MAIN}" start`, '/dev/null'], {
    env: { PATH: process.env.PATH, PIXMILL_DATA_DIR: temporaryFolder(), PIXMILL_PORT: '0', PIXMILL_LOG_LEVEL: 'info' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  for await (const text of terminal.stdout) {
    const greeted = shown.includes('with Ctrl-C.');
    shown += text;
    if (!greeted && shown.includes('with Ctrl-C.')) terminal.stdin.write('\x03');
  }
  assert.match(shown, /INFO.*Server listening at http/);
  assert.ok(!shown.includes('"level":30'));
});
