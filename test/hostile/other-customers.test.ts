import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import { createOutbound, type Outbound } from '../../src/outbound/outbound.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = { imageBytes: 100_000, firstByteMs: 1_000, downloadMs: 3_000, redirects: 5 };
const folder = temporaryFolder();
let files = 0;

/** A good host, and one in the hand of the attacker. `/to?URL` leads there. */
const hosts: Server[] = [];
let good = '';
let evil = '';

before(async () => {
  const start = async () => {
    const server = createServer(({ url = '' }, response) => {
      const [path, target] = url.split('?');
      if (path === '/to') response.writeHead(302, { location: target }).end();
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (path === '/429') response.writeHead(429, { 'retry-after': '60' }).end();
      else if (path !== '/silent') response.end('picture');
    });
    hosts.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  [good, evil] = [await start(), await start()];
});
after(() => {
  for (const host of hosts) {
    host.closeAllConnections();
    host.close();
  }
});

let outbound: Outbound;
beforeEach((t) => {
  outbound = createOutbound({
    allowAddresses: ['127.0.0.1'],
    userAgent: 'test',
    downloads: 64,
    downloadsPerHost: 64,
    limits: LIMITS,
  });
  if ('after' in t) t.after(() => outbound.close());
});

async function get(customer: string, link: string): Promise<string> {
  const options = { priority: 0, customer, signal: new AbortController().signal, whenRoom: async () => undefined };
  try {
    await outbound.fetchImage(new URL(link), join(folder, String(files++)), options);
    return 'fetched';
  } catch (error) {
    if (!(error instanceof ImageFailure)) throw error;
    return error.countsAsTry ? error.code : 'put off';
  }
}

const many = (customer: string, link: string, times = 12) =>
  Promise.all(Array.from({ length: times }, () => get(customer, link)));

describe('what one customer links to never decides another customer’s images', () => {
  const attacks: Record<string, () => string> = {
    'redirects that go round in a circle': () => `${good}/loop`,
    'redirects to it that come back to the attacker': () => `${good}/to?${evil}/silent`,
    'addresses of it that never answer': () => `${good}/silent`,
    'addresses of it that ask for fewer requests': () => `${good}/429`,
    'the same behind a redirect': () => `${evil}/to?${good}/429`,
    'dead addresses of it behind a redirect': () => `${evil}/to?${good}/silent`,
  };
  for (const [name, link] of Object.entries(attacks)) {
    test(name, async () => {
      await many('attacker', link());
      assert.deepEqual(await Promise.all([get('shop', `${good}/a.jpg`), get('', `${good}/b.jpg`)]), [
        'fetched',
        'fetched',
      ]);
    });
  }
});

test('a host is not held to be dead for what the next hop of a redirect did', async () => {
  await many('shop', `${good}/to?${evil}/silent`);
  assert.equal(await get('shop', `${evil}/a.jpg`), 'put off');
  assert.equal(await get('shop', `${good}/a.jpg`), 'fetched');
});

test('a redirect takes a slot of the host that it leads to', async (t) => {
  const narrow = createOutbound({
    allowAddresses: ['127.0.0.1'],
    userAgent: 'test',
    downloads: 64,
    downloadsPerHost: 2,
    limits: { ...LIMITS, firstByteMs: 5_000, downloadMs: 5_000 },
  });
  t.after(() => narrow.close());
  let open = 0;
  let most = 0;
  const busy = createServer((_request, response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end('picture');
    }, 50);
  });
  hosts.push(busy);
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address() as AddressInfo;
  const options = { priority: 0, customer: '', signal: new AbortController().signal, whenRoom: async () => undefined };
  const links = [good, evil].flatMap((host) => [1, 2, 3, 4].map((n) => `${host}/to?http://127.0.0.1:${port}/${n}`));
  await Promise.all(links.map((link) => narrow.fetchImage(new URL(link), join(folder, String(files++)), options)));
  assert.equal(most, 2);
});
