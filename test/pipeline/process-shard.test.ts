import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import type { ImageResult } from '../../src/domain/image.ts';
import { processShard, type ShardContext } from '../../src/pipeline/process-shard.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { createBacklog } from '../../src/worker/backlog.ts';
import { publish } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const RESULT: ImageResult = {
  outcome: 'compressed',
  formatIn: 'jpeg',
  formatOut: 'jpeg',
  widthIn: 2,
  heightIn: 2,
  width: 2,
  height: 2,
  bytesIn: 9,
  bytesOut: 4,
};

/** A real store and storage; downloads end as each test says. */
async function shard(links: string[], download: (url: URL) => void) {
  const { store } = await sqliteStore();
  const { number, id } = await publish(
    store,
    links.map((link) => [link]),
  );
  const folder = temporaryFolder();
  let now = 1_000_000;
  let files = 0;
  const tools: ShardContext = {
    store,
    outcomes: {
      start: () => undefined,
      end: () => undefined,
      record: (outcome) => store.recordOutcomes([outcome]),
    },
    backlog: createBacklog(10),
    fetchImage: async (url, file) => {
      download(url);
      await writeFile(file, 'original!');
    },
    compress: async (_input, output) => {
      await writeFile(output, 'tiny');
      return RESULT;
    },
    storage: createFileStorage({ root: join(folder, 'images'), folders: 'flat' }),
    inputFile: () => join(folder, String(files++)),
    temporaryFile: () => join(folder, String(files++)),
    tries: 3,
    now: () => now,
    random: () => 0.5,
    observer: UNOBSERVED,
  };
  return {
    id,
    store,
    run: (signal = new AbortController().signal) =>
      processShard({ kind: 'shard', request: number, shard: 0 }, tools, signal),
    setTime: (time: number) => {
      now = time;
    },
  };
}

test('an image that must wait does not hold the others, and comes back when it is due', async () => {
  let busy = true;
  const { run, store, id, setTime } = await shard(['https://a/1', 'https://b/2'], (url) => {
    if (url.host === 'b' && busy) throw new ImageFailure('http_503', { retryAfterMs: 60_000 });
  });
  assert.deepEqual(await run(), { snooze: 60_000 });
  assert.deepEqual((await store.progress(id))?.imagesDone, 1);
  assert.deepEqual(await run(), { snooze: 60_000 }, 'too early changes nothing');
  busy = false;
  setTime(1_060_000);
  assert.equal(await run(), 'finished');
  assert.deepEqual((await store.progress(id))?.status, 'Completed');
});

test('images that are due within a moment of each other come back together', async () => {
  const pauses = { a: 5_000, b: 5_150, c: 6_000 } as Record<string, number>;
  const { run } = await shard(['https://a/1', 'https://b/2', 'https://c/3'], ({ host }) => {
    throw new ImageFailure('dns_failed', { countsAsTry: false, retryAfterMs: pauses[host] ?? 0 });
  });
  assert.deepEqual(await run(), { snooze: 5_150 });
});

test('three tries, then it has failed; being put off is none', async () => {
  let tries = 0;
  const { run, store, id, setTime } = await shard(['https://a/1'], () => {
    tries++;
    throw new ImageFailure(
      'connect_failed',
      tries <= 5 ? { countsAsTry: false, retryAfterMs: 10 } : { retryAfterMs: 10 },
    );
  });
  for (let time = 1_000_000; (await run()) !== 'finished'; time += 1_000) setTime(time);
  assert.equal(tries, 8);
  assert.equal((await store.progress(id))?.status, 'Failed');
});

test('a wall clock that jumped back does not put an image off for a year', async () => {
  let busy = true;
  const { run, setTime } = await shard(['https://a/1'], () => {
    if (busy) throw new ImageFailure('connect_failed');
  });
  await run();
  busy = false;
  setTime(1_000_000 - 365 * 86_400_000);
  assert.equal(await run(), 'finished');
});

test('a stop in the middle leaves an image as it was', async () => {
  const stopping = new AbortController();
  const { run, store, id } = await shard(['https://a/1'], () => {
    stopping.abort(new Error('stopped'));
    throw new ImageFailure('timed_out', { retry: false });
  });
  assert.notEqual(await run(stopping.signal), 'finished');
  const progress = await store.progress(id);
  assert.deepEqual([progress?.imagesFailed, progress?.status], [0, 'Processing']);
});
