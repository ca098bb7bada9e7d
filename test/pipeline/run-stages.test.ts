import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import type { ImageResult } from '../../src/domain/image.ts';
import type { ObservedImage } from '../../src/pipeline/ports/pipeline-observer.ts';
import type { Outcome, PendingImage, Shard } from '../../src/pipeline/ports/store/records.ts';
import { processShard, type ShardContext } from '../../src/pipeline/process-shard.ts';
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

/** One image whose stages do what the test says; everything that they and the runner do is noted. */
function oneImage(changes: Partial<ShardContext> = {}, inputUrl = 'https://a/1.jpg') {
  const folder = temporaryFolder();
  const events: string[] = [];
  const outcomes: Outcome[] = [];
  const image: PendingImage = {
    request: 1,
    number: 0,
    row: 0,
    position: 1,
    productName: 'Mug',
    inputUrl,
    attempts: 0,
    retryAt: 0,
  };
  const shard: Shard = {
    id: 'id',
    owner: '',
    lease: 7,
    options: { quality: 50, scale: 100, format: 'same', effort: 'fast', on_error: 'refuse' },
    secret: Buffer.alloc(32),
    images: [image],
  };
  const observed: ObservedImage = {
    stage: (stage) => ({
      ended: () => void events.push(`${stage} ended`),
      failed: () => void events.push(`${stage} failed`),
    }),
    stageFailed: ({ code }) => void events.push(code),
    ended: ({ kind }) => void events.push(kind),
    failed: () => void events.push('broke off'),
  };
  let files = 0;
  const context: ShardContext = {
    store: { loadShard: async () => shard },
    observer: { shard: () => ({ ...UNOBSERVED.shard(shard, 0), image: () => observed }) },
    fetchImage: async (_, file) => writeFile(file, 'original!'),
    compress: async (_, output) => {
      await writeFile(output, 'tiny');
      return RESULT;
    },
    storage: { put: async () => undefined },
    outcomes: {
      start: () => void events.push('start'),
      end: () => void events.push('end'),
      record: async (outcome) => void outcomes.push(outcome),
    },
    backlog: {
      whenRoom: async () => undefined,
      add: () => void events.push('+1'),
      remove: () => void events.push('-1'),
    },
    inputFile: () => join(folder, String(files++)),
    temporaryFile: () => join(folder, String(files++)),
    tries: 3,
    now: () => 1_000,
    random: () => 0.5,
    ...changes,
  };
  const run = (signal = new AbortController().signal) =>
    processShard({ kind: 'shard', request: 1, shard: 0 }, context, signal);
  return { run, events, outcomes, left: () => readdirSync(folder) };
}

describe('the stages of an image', () => {
  test('come in one order, each is measured once, and the file counts as ready between download and decoder', async () => {
    const { run, events, outcomes } = oneImage();
    assert.equal(await run(), 'finished');
    assert.deepEqual(events, [
      'start',
      'download ended',
      '+1',
      'compress ended',
      '-1',
      'store ended',
      'record ended',
      'done',
      'end',
    ]);
    assert.deepEqual(
      outcomes.map(({ attempts, lease, settlement }) => [attempts, lease, settlement.kind]),
      [[1, 7, 'done']],
    );
  });

  test('that come after a failure are left out, but for the one that records it', async () => {
    const refused = async () => {
      throw new ImageFailure('http_404');
    };
    const { run, events, outcomes } = oneImage({ fetchImage: refused });
    await run();
    assert.deepEqual(events, ['start', 'download failed', 'http_404', 'record ended', 'failed', 'end']);
    assert.equal(outcomes[0]?.settlement.kind, 'failed');
    const unusable = oneImage({}, 'ftp://a/1.jpg');
    await unusable.run();
    assert.deepEqual(unusable.events, ['start', 'invalid_url', 'record ended', 'failed', 'end']);
  });

  test('leave no temporary file and nothing in the backlog, wherever they fail, before the outcome is recorded', async () => {
    for (const stage of ['compress', 'store'] as const) {
      const fail = async () => {
        throw new Error('of ours');
      };
      const halfWritten = async (_: string, output: string) => {
        await writeFile(output, 'ti');
        return fail();
      };
      const leftAtRecord: string[][] = [];
      const image = oneImage({
        ...(stage === 'store' ? { storage: { put: fail } } : { compress: halfWritten }),
        outcomes: {
          start: () => undefined,
          end: () => undefined,
          record: async () => void leftAtRecord.push(image.left()),
        },
      });
      await image.run();
      assert.deepEqual(leftAtRecord, [[]], stage);
      assert.deepEqual(
        image.events.filter((event) => /^[+-]1$/.test(event)),
        ['+1', '-1'],
        stage,
      );
    }
  });

  test('break off without an outcome where the work is aborted, or recording fails', async () => {
    const stopping = new AbortController();
    const stopped = oneImage({
      compress: async () => {
        stopping.abort(new Error('stopped'));
        throw new ImageFailure('decoder_crashed');
      },
    });
    assert.deepEqual(await stopped.run(stopping.signal), { snooze: 0 });
    assert.deepEqual(stopped.events.slice(-3), ['-1', 'broke off', 'end']);
    assert.deepEqual([stopped.outcomes, stopped.left()], [[], []]);
    const away = async () => {
      throw new Error('the database is away');
    };
    const events: string[] = [];
    const unrecorded = oneImage({
      outcomes: { start: () => undefined, end: () => void events.push('end'), record: away },
    });
    await assert.rejects(unrecorded.run(), /is away/);
    assert.deepEqual([unrecorded.events.slice(-2), events], [['record failed', 'broke off'], ['end']]);
  });

  test('are two calls away from their shard: nothing is wrapped around them', async () => {
    let stack = '';
    const { run } = oneImage({
      async compress() {
        // After a turn of the loop only those who await are left in the stack.
        await new Promise(setImmediate);
        stack = new Error('here').stack ?? '';
        return RESULT;
      },
    });
    await run();
    const calls = [...stack.matchAll(/at (?:async )?(?:Object\.|Promise\.)?(\w+)/g)].map(([, name]) => name);
    assert.deepEqual(calls.slice(calls.indexOf('compress'), calls.indexOf('processShard')), [
      'compress',
      'compress',
      'runStage',
      'runStages',
      'allSettled',
    ]);
  });
});
