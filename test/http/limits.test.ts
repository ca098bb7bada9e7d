import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { clientNetwork } from '../../src/http/client-network.ts';
import { createUploadLimiter } from '../../src/http/upload-limiter.ts';
import { trustedProxies } from '../../src/runtime/config/readers.ts';
import { type HttpServer, httpServer, knownKeys } from '../support/http-server.ts';
import { publish } from '../support/rows.ts';

const ALICE = 'alice-0123456789abcdef';
const BOB = 'bob-0123456789abcdef00';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('the limit of calls', () => {
  test('counts wrong keys, no keys and sign-ins by their address, and holds up nobody with a right key', async () => {
    for (const attempt of [
      { url: '/api/requests', headers: bearer('wrong-key-0123456789') },
      { url: '/api/requests', headers: { cookie: 'pixmill_session=a.9999999999999.b' } },
      { url: '/nothing' },
      { url: '/api/session', method: 'POST', payload: { key: 'wrong-key-0123456789' } },
    ] as const) {
      const { server } = await httpServer({ apiKeys: knownKeys(ALICE), requestsPerMinute: 5 });
      for (let i = 0; i < 5; i++) assert.equal((await server.inject({ ...attempt })).statusCode, 401);
      const refused = await server.inject({ ...attempt });
      assert.deepEqual([refused.statusCode, refused.json().code], [429, 'too_many_calls'], attempt.url);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      assert.equal((await server.inject({ url: '/api/requests', headers: bearer(ALICE) })).statusCode, 200);
      const elsewhere = await server.inject({ ...attempt, remoteAddress: '203.0.113.9' });
      assert.equal(elsewhere.statusCode, 401);
    }
  });

  test('takes all addresses of a network of IPv6 for one client', () => {
    assert.equal(clientNetwork('2001:db8:1:2::1'), '2001:db8:1:2::/64');
    assert.equal(clientNetwork('2001:0DB8:1:2:ffff::9'), '2001:db8:1:2::/64');
    assert.notEqual(clientNetwork('2001:db8:1:3::1'), clientNetwork('2001:db8:1:2::1'));
    assert.equal(clientNetwork('::ffff:192.0.2.1'), '192.0.2.1');
    assert.notEqual(clientNetwork('192.0.2.1'), clientNetwork('192.0.2.2'));
  });
});

describe('the address of a client behind proxies', () => {
  const seen = async (setting: string, forwarded: string, remoteAddress: string) => {
    const { server } = await httpServer({ trustProxy: trustedProxies(setting) });
    let ip = '';
    server.addHook('onRequest', async (call) => {
      ip = call.ip;
    });
    await server.inject({ url: '/health', headers: { 'x-forwarded-for': forwarded }, remoteAddress });
    return ip;
  };

  test('is what the last of so many proxies says, never what the client itself put first', async () => {
    const forged = '198.51.100.66, 203.0.113.5';
    assert.equal(await seen('off', forged, '10.0.0.1'), '10.0.0.1');
    assert.equal(await seen('on', forged, '10.0.0.1'), '203.0.113.5');
    assert.equal(await seen('1', forged, '10.0.0.1'), '203.0.113.5');
    assert.equal(await seen('2', `198.51.100.66, ${forged.split(', ')[1]}, 10.0.0.2`, '10.0.0.1'), '203.0.113.5');
  });

  test('is what the proxies that are named say, and what others say is not believed', async () => {
    const named = '10.0.0.0/8,192.0.2.7';
    assert.equal(await seen(named, '198.51.100.66, 203.0.113.5, 10.9.9.9', '192.0.2.7'), '203.0.113.5');
    assert.equal(await seen(named, '203.0.113.5', '192.0.2.8'), '192.0.2.8');
  });

  test('is not set by what is neither', () => {
    for (const wrong of ['-1', '1.5', '10.0.0.0/99', 'proxy', '10.0.0.1;10.0.0.2'])
      assert.throws(() => trustedProxies(wrong));
  });
});

/** What a client that never reads any further has got of an answer. */
async function holdOpen({ server }: HttpServer, url: string, key: string) {
  const { port } = server.server.address() as AddressInfo;
  const call = request({ host: '127.0.0.1', port, path: url, headers: bearer(key), agent: false }).end();
  const [response] = await once(call, 'response');
  return { status: response.statusCode as number, end: () => call.destroy() };
}

test('long answers are bounded for each customer, and one that ends makes room', async () => {
  const api = await httpServer({
    apiKeys: knownKeys(ALICE, BOB),
    limits: { eventStreamsAtOnce: 2, archivesAtOnce: 0 },
  });
  await api.server.listen({ host: '127.0.0.1', port: 0 });
  const [alice, bob] = knownKeys(ALICE, BOB).map(({ owner }) => owner);
  const { id } = await publish(api.store, [['https://a/1']], { request: { owner: alice ?? '' } });
  const hers = `/api/requests/${id}/events`;
  const { id: other } = await publish(api.store, [['https://a/1']], { request: { owner: bob ?? '' } });
  const streams = [await holdOpen(api, hers, ALICE), await holdOpen(api, hers, ALICE)];
  assert.deepEqual(
    streams.map(({ status }) => status),
    [200, 200],
  );
  const refused = await api.server.inject({ url: hers, headers: bearer(ALICE) });
  assert.deepEqual([refused.statusCode, refused.json().code], [429, 'too_many_readers']);
  const his = await holdOpen(api, `/api/requests/${other}/events`, BOB);
  assert.equal(his.status, 200);
  streams[0]?.end();
  for (;;) {
    const again = await holdOpen(api, hers, ALICE);
    again.end();
    if (again.status === 200) break;
  }
  const archive = await api.server.inject({ url: `/api/requests/${id}/images.zip`, headers: bearer(ALICE) });
  assert.equal(archive.statusCode, 429);
  for (const stream of [...streams, his]) stream.end();
});

describe('places for uploads', () => {
  const hold = (limiter: ReturnType<typeof createUploadLimiter>, customer: string) => {
    const places = [];
    try {
      for (;;) places.push(limiter.acquire(customer));
    } catch {
      return places;
    }
  };

  test('one customer takes no more than half of them, and whoever comes new finds one', () => {
    const limiter = createUploadLimiter(2, 12);
    const greedy = hold(limiter, 'a');
    assert.equal(greedy.length, 6);
    assert.equal(hold(limiter, 'b').length, 3);
    assert.ok(hold(limiter, 'c').length > 0);
    for (const place of greedy) place.release();
    assert.ok(hold(limiter, 'd').length > 0);
  });

  test('are read in turns, whoever waits with how many', async () => {
    const limiter = createUploadLimiter(1, 99);
    const order: string[] = [];
    const read = (customer: string) => limiter.acquire(customer).run(async () => order.push(customer));
    await Promise.all([...'aaaa'].map(read).concat([...'bb'].map(read), read('c')));
    assert.ok(order.indexOf('b') <= 2 && order.indexOf('c') <= 3, order.join(''));
    assert.equal(order.length, 7);
    await assert.rejects(limiter.acquire('a').run(async () => assert.fail('broken')));
    assert.equal(await limiter.acquire('a').run(async () => 'works'), 'works', 'a failure gives its turn back');
  });
});

describe('an upload', () => {
  const headOf = (length: number, key: string) =>
    `POST /api/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n` +
    `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n`;

  test('that drips is ended, and gives its place back to others', async () => {
    const api = await httpServer({
      apiKeys: knownKeys(ALICE, BOB),
      uploadGraceMs: 2_000,
      limits: { uploadRate: 1_000 },
    });
    await api.server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.server.server.address() as AddressInfo;
    const sockets = Array.from({ length: 104 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.write(
        `${headOf(50_000, ALICE)}--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nS.`,
      );
      return socket;
    });
    const answers = sockets.map(async (socket) => {
      const [answer] = await once(socket, 'data');
      socket.destroy();
      return String(answer).slice(9, 12);
    });
    const form = new FormData();
    form.set(
      'file',
      new File(['S. No.,Product Name,Input Image Urls\n1,Mug,https://a.example/1.jpg\n'], 'products.csv'),
    );
    const body = await new Response(form).blob();
    const his = await fetch(`http://127.0.0.1:${port}/api/upload`, { method: 'POST', body, headers: bearer(BOB) });
    assert.equal(his.status, 200, 'another customer is not held up');
    const seen = Map.groupBy(await Promise.all(answers), (status) => status);
    assert.deepEqual([...seen.keys()].sort(), ['408', '503']);
    assert.ok((seen.get('408')?.length ?? 0) <= 52);
  });

  test('that says itself that it is too large is refused before it comes', async () => {
    const api = await httpServer({ apiKeys: knownKeys(ALICE), limits: { csvBytes: 1_000 } });
    await api.server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write(headOf(5_000_000, ALICE));
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    socket.destroy();
  });
});

test('what was cancelled is not tried again past the quotas', async () => {
  const api = await httpServer({ limits: { openRequests: 1 } });
  const upload = async () => {
    const response = await api.upload('S. No.,Product Name,Input Image Urls\n1,Mug,https://a.example/1.jpg\n');
    return ((await response.json()) as { request_id: string }).request_id;
  };
  const first = await upload();
  await api.call(`/api/requests/${first}/cancel`, { method: 'POST' });
  const second = await upload();
  const retry = await api.call(`/api/requests/${first}/retry`, { method: 'POST' });
  assert.equal(retry.status, 429);
  assert.equal(((await retry.json()) as { code: string }).code, 'quota_exceeded');
  await api.call(`/api/requests/${second}/cancel`, { method: 'POST' });
  assert.equal((await api.call(`/api/requests/${first}/retry`, { method: 'POST' })).status, 200);
});
