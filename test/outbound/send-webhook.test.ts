import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';

const received: { body: string; headers: IncomingMessage['headers'] }[] = [];
const answers: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.writeHead(204).end(),
  '/moved': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/gone': (response) => response.writeHead(410).end(),
  '/busy': (response) => response.writeHead(429, { 'retry-after': '30' }).end(),
  '/endless': (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => undefined,
};

let server: Server;
let base = '';
before(async () => {
  server = createServer(async (request, response) => {
    received.push({ body: await text(request), headers: request.headers });
    answers[request.url ?? '']?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

async function send(path: string, allowAddresses = ['127.0.0.1']) {
  const settings = {
    allowAddresses,
    userAgent: 'Pixmill/test',
    downloads: 1,
    downloadsPerHost: 1,
    limits: DEFAULT_LIMITS,
  };
  const outbound = createOutbound({ ...settings, webhookMs: 400 });
  const message = { headers: { 'webhook-id': 'msg_1' }, body: '{"a":1}', signal: new AbortController().signal };
  try {
    return await outbound.sendWebhook(base + path, message);
  } finally {
    await outbound.close();
  }
}

test('the message arrives as it is, under our name', async () => {
  assert.deepEqual(await send('/ok'), { statusCode: 204, retryAfterMs: null });
  assert.equal(received.at(-1)?.body, '{"a":1}');
  assert.equal(received.at(-1)?.headers['webhook-id'], 'msg_1');
  assert.equal(received.at(-1)?.headers['user-agent'], 'Pixmill/test');
});

test('a redirect is an answer, not a way to another address', async () => {
  const before = received.length;
  assert.equal((await send('/moved')).statusCode, 302);
  assert.equal(received.length, before + 1);
});

test('410 and Retry-After are passed on', async () => {
  assert.equal((await send('/gone')).statusCode, 410);
  assert.deepEqual(await send('/busy'), { statusCode: 429, retryAfterMs: 30_000 });
});

test('an endless answer is cut off, a silent receiver given up', async () => {
  assert.equal((await send('/endless')).statusCode, 200);
  await assert.rejects(send('/silent'), { code: 'timed_out' });
});

test('an address that is not public is not called', async () => {
  const before = received.length;
  await assert.rejects(send('/ok', []), { code: 'address_refused' });
  assert.equal(received.length, before);
});
