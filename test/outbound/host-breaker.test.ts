import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageFailure } from '../../src/domain/failure.ts';
import { fetcher, startHost } from '../support/fetching.ts';

const { url: base } = await startHost({
  '/good': (_request, response) => response.end('picture'),
  '/429-soon': (_request, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
});

/** Downloads of which only the failure is of interest. */
function downloads(settings: Parameters<typeof fetcher>[0]) {
  const { get } = fetcher({ allowAddresses: ['127.0.0.1', 'dead.example:81'], ...settings });
  return {
    get: (link: string): Promise<{ failure: ImageFailure | undefined }> =>
      get(link).then(
        () => ({ failure: undefined }),
        (failure: ImageFailure) => ({ failure }),
      ),
  };
}

const lookup = async (host: string) => {
  if (host === 'dead.example') throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return [{ address: '127.0.0.1', family: 4 }];
};

test('a dead host is asked a few times, then its images wait, then they fail; others go on', async () => {
  let now = 0;
  let lookups = 0;
  const counting = async (host: string) => {
    if (host === 'dead.example') lookups++;
    return lookup(host);
  };
  const { get } = downloads({ lookup: counting, now: () => now, downloadsPerHost: 1 });
  const codes: (string | undefined)[] = [];
  for (let i = 0; i < 8; i++) codes.push((await get(`http://dead.example:81/${i}`)).failure?.code);
  assert.deepEqual(new Set(codes), new Set(['dns_failed']));

  const off = (await get('http://dead.example:81/9')).failure;
  assert.deepEqual([off?.code, off?.retry, off?.countsAsTry, off?.retryAfterMs], ['dns_failed', true, false, 5_000]);
  assert.equal(lookups, 8, 'what is put off asks nobody');
  assert.equal((await get(`${base}/good`)).failure, undefined, 'another host is not held up');

  for (const pause of [5_000, 10_000, 20_000]) {
    now += pause;
    assert.equal((await get('http://dead.example:81/probe')).failure?.countsAsTry, true);
  }
  const dead = (await get('http://dead.example:81/10')).failure;
  assert.deepEqual([dead?.retry, lookups], [false, 11], 'after three probes its images fail at once');
  now += 300_000;
  await get('http://dead.example:81/later');
  assert.equal(lookups, 12, 'and after five minutes it is tried again');
});

test('a probe that says nothing about its host lets the next one go', async () => {
  let now = 0;
  let found: string | undefined;
  const { port } = new URL(base);
  const host = `back.example:${port}`;
  const addresses = async () => {
    if (!found) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    return [{ address: found, family: 4 }];
  };
  const { get } = downloads({
    lookup: addresses,
    now: () => now,
    allowAddresses: [`127.0.0.1:${port}`],
  });
  for (let i = 0; i < 8; i++) await get(`http://${host}/${i}`);
  now += 5_000;
  found = '10.0.0.1';
  assert.equal((await get(`http://${host}/good`)).failure?.code, 'address_refused');
  found = '127.0.0.1';
  assert.equal((await get(`http://${host}/429-soon`)).failure?.countsAsTry, true);
  now += 7_000;
  assert.equal((await get(`http://${host}/good`)).failure, undefined);
});

test('a host that gives pictures out and says 429 is asked more slowly; no image loses a try by it', async () => {
  let refuses = false;
  const { url, headers } = await startHost({
    '/a.jpg': (_request, response) => {
      if (refuses) response.writeHead(429).end();
      else response.end('picture');
    },
  });
  let now = 0;
  const { get } = downloads({ now: () => now });
  assert.equal((await get(`${url}/a.jpg`)).failure, undefined);
  refuses = true;
  const refused = (await get(`${url}/a.jpg`)).failure;
  assert.deepEqual([refused?.code, refused?.retry, refused?.countsAsTry], ['http_429', true, false]);
  refuses = false;
  const asked = headers.length;
  const many = await Promise.all(Array.from({ length: 20 }, () => get(`${url}/a.jpg`)));
  assert.ok(headers.length - asked <= 5, 'in a second, four begin');
  assert.ok(many.every(({ failure }) => failure === undefined || failure.countsAsTry === false));
  refuses = true;
  now += 120_000;
  assert.equal((await get(`${url}/a.jpg`)).failure?.countsAsTry, true, 'a host that gives nothing out refuses');
});
