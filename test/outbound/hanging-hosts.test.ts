import assert from 'node:assert/strict';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import type { Lookup } from '../../src/outbound/host-resolver.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = { imageBytes: 100_000, firstByteMs: 800, downloadMs: 1_500, redirects: 5 };
const PATIENT = { ...LIMITS, lookupMs: 60_000, firstByteMs: 60_000, downloadMs: 60_000 };
/** Milliseconds: far below these limits, and enough for a busy machine. */
const AT_ONCE = 5_000;
const folder = temporaryFolder();
const never = new AbortController().signal;

/** Takes connections and says nothing: a TLS handshake with it never ends. */
const mute = createServer();
/** An image host that works. `/to?URL` leads there. */
let host: Server;
let port = 0;
let mutePort = 0;

before(async () => {
  host = createHttpServer(({ url = '' }, response) => {
    const [, target] = url.split('?');
    if (target === undefined) response.end('picture');
    else response.writeHead(302, { location: target }).end();
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  port = (host.address() as AddressInfo).port;
  mutePort = (mute.address() as AddressInfo).port;
});
after(() => {
  host.close();
  mute.close();
});

/** Nobody answers for `*.dead.example`; all other names are this machine. */
const lookup: Lookup = async (name) =>
  name.endsWith('dead.example') ? new Promise(() => undefined) : [{ address: '127.0.0.1', family: 4 }];

function outbound(settings: object = {}) {
  const made = createOutbound({
    allowAddresses: ['127.0.0.1'],
    userAgent: 'test',
    downloads: 4,
    downloadsPerHost: 4,
    limits: LIMITS,
    lookup,
    webhookMs: 1_000,
    ...settings,
  });
  let files = 0;
  return {
    ...made,
    /** `fetched`, the code of the failure, or `put off`. */
    async get(link: string, signal = never): Promise<string> {
      const file = join(folder, `${process.hrtime.bigint()}-${files++}`);
      const whenRoom = async () => undefined;
      try {
        await made.fetchImage(new URL(link), file, { priority: files, customer: '', request: 1, signal, whenRoom });
        return 'fetched';
      } catch (error) {
        if (!(error instanceof ImageFailure)) throw error;
        return error.countsAsTry ? error.code : 'put off';
      }
    },
  };
}

const stop = () => new ImageFailure('cancelled');
const connection = () => new Promise<Socket>((resolve) => mute.once('connection', resolve));
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve()));
const waited = async (work: Promise<unknown>) => {
  const started = performance.now();
  await work.catch(() => undefined);
  return performance.now() - started;
};

describe('a name that nobody answers for', () => {
  test('holds no download slot: 64 of them, and the one slot that there is serves another host', async () => {
    const { get, close } = outbound({ downloads: 1, downloadsPerHost: 1 });
    const dead = Array.from({ length: 64 }, (_, index) => get(`http://n${index}.dead.example/a.jpg`));
    assert.equal(await get(`http://shop.example:${port}/a.jpg`), 'fetched');
    assert.deepEqual(new Set(await Promise.all(dead)), new Set(['put off']));
    await close();
  });

  test('fails its image once it has been asked for, and says so', async () => {
    const { fetchImage, close } = outbound({ limits: { ...LIMITS, lookupMs: 500 } });
    const options = { priority: 0, customer: '', signal: never, whenRoom: async () => undefined };
    await assert.rejects(fetchImage(new URL('http://dead.example/a.jpg'), join(folder, 'none'), options), {
      code: 'dns_failed',
      retry: true,
      countsAsTry: true,
      message: 'No name server gave an answer for the host name of the link.',
    });
    await close();
  });

  test('lets an image go at once when it is stopped', async () => {
    const { get, close } = outbound({ limits: PATIENT });
    const stopping = new AbortController();
    const waiting = get('http://dead.example/a.jpg', stopping.signal);
    stopping.abort(stop());
    assert.ok((await waited(waiting)) < AT_ONCE);
    assert.equal(await waiting, 'cancelled');
    await close();
  });

  test('behind a redirect is held against that name alone, and holds the slot for a moment only', async () => {
    const { get, close } = outbound({ limits: { ...LIMITS, lookupMs: 400 }, now: () => 0 });
    const moved = () => get(`http://shop.example:${port}/to?http://dead.example/a.jpg`);
    for (let time = 0; time < 10; time++) {
      const codes = await Promise.all([moved(), moved(), moved(), moved()]);
      assert.ok(
        codes.every((code) => code === 'put off' || code === 'dns_failed'),
        codes.join(),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await get(`http://shop.example:${port}/a.jpg`), 'fetched', 'the host that redirects is well');
    assert.equal(await get('http://dead.example/a.jpg'), 'put off', 'the dead one is left alone');
    await close();
  });

  test('puts a webhook off, so that others get its place', async () => {
    const { sendWebhook, close } = outbound();
    const message = { headers: {}, body: '{}', signal: never };
    await assert.rejects(sendWebhook('http://dead.example/hook', message), { code: 'dns_failed', countsAsTry: false });
    assert.equal((await sendWebhook(`http://shop.example:${port}/hook`, message)).statusCode, 200);
    await close();
  });
});

describe('a connection that never comes about', () => {
  test('ends an image inside its limits, and a webhook', async () => {
    const { get, sendWebhook, close } = outbound();
    assert.equal(await get(`https://shop.example:${mutePort}/a.jpg`), 'timed_out');
    const message = { headers: {}, body: '{}', signal: never };
    await assert.rejects(sendWebhook(`https://shop.example:${mutePort}/hook`, message), { code: 'timed_out' });
    await close();
  });

  test('lets an image go at once when it is stopped, and is closed', async () => {
    const { get, close } = outbound({ limits: PATIENT });
    const stopping = new AbortController();
    const coming = connection();
    const waiting = get(`https://shop.example:${mutePort}/a.jpg`, stopping.signal);
    const socket = await coming;
    stopping.abort(stop());
    assert.ok((await waited(Promise.all([waiting, closed(socket)]))) < AT_ONCE);
    assert.equal(await waiting, 'cancelled');
    await close();
  });

  test('stays where another image of the host waits for it', async () => {
    const { get, close } = outbound();
    const stopping = new AbortController();
    const first = connection();
    const stopped = get(`https://shop.example:${mutePort}/a.jpg`, stopping.signal);
    const socket = await first;
    const second = connection();
    const waiting = get(`https://shop.example:${mutePort}/b.jpg`);
    await second;
    stopping.abort(stop());
    assert.equal(await stopped, 'cancelled');
    assert.equal(socket.destroyed, false);
    assert.equal(await waiting, 'timed_out');
    await close();
  });

  test('does not hold the end up', async () => {
    const { get, close } = outbound({ limits: PATIENT });
    const coming = connection();
    const waiting = get(`https://shop.example:${mutePort}/a.jpg`);
    const socket = await coming;
    assert.ok((await waited(Promise.all([close(), waiting, closed(socket)]))) < AT_ONCE);
  });
});

test('whoever waits for room to put a download to is let go at once when it is stopped', async () => {
  const { fetchImage, close, slots } = outbound();
  const stopping = new AbortController();
  const file = join(folder, 'no-room');
  const room = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const whenRoom = () => {
    asked.resolve();
    return room.promise;
  };
  const url = new URL(`http://shop.example:${port}/a.jpg`);
  const waiting = fetchImage(url, file, { priority: 0, customer: '', signal: stopping.signal, whenRoom });
  await asked.promise;
  stopping.abort(stop());
  await assert.rejects(waiting, { code: 'cancelled' });
  assert.deepEqual(slots.running(), { full: 0, open: 0 });
  await close();
});
