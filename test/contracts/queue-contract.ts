import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobQueue } from '../../src/pipeline/ports/queue.ts';

export interface QueueBench {
  queue: JobQueue;
  /** Puts jobs in, in one committed transaction. */
  put(jobs: (Job & { runAt: number })[]): Promise<void>;
  /** The same queue after its process died without a word. */
  restart(): Promise<JobQueue>;
  close(): Promise<void>;
}

const shard = (request: number, part: number, runAt = 0) => ({ kind: 'shard' as const, request, part, runAt });

/** Resolves when the handler has been called `count` times, with the jobs it was called with. */
function expectJobs(count: number) {
  const { promise, resolve } = Promise.withResolvers<Job[]>();
  const jobs: Job[] = [];
  return {
    seen: promise,
    add(job: Job) {
      jobs.push(job);
      if (jobs.length === count) resolve(jobs);
    },
  };
}

/** What every queue must do, whatever holds its jobs. */
export function queueContract(name: string, open: () => Promise<QueueBench>): void {
  describe(`queue on ${name}`, () => {
    test('hands out the first shards of every request before the later ones of any', async () => {
      const bench = await open();
      await bench.put([shard(1, 0), shard(1, 1), shard(1, 2), shard(2, 0), shard(2, 1)]);
      const expected = expectJobs(5);
      bench.queue.consume('shard', 1, async (job) => {
        expected.add(job);
        return 'finished';
      });
      const jobs = await expected.seen;
      assert.deepEqual(
        jobs.map(({ part }) => part),
        [0, 0, 1, 1, 2],
      );
      await bench.close();
    });

    test('wakes a waiting consumer at once when a job is put in', async () => {
      const bench = await open();
      const expected = expectJobs(1);
      bench.queue.consume('shard', 1, async (job) => {
        expected.add(job);
        return 'finished';
      });
      const before = performance.now();
      await bench.put([shard(1, 0)]);
      await expected.seen;
      assert.ok(performance.now() - before < 1_000);
      await bench.close();
    });

    test('gives at most the asked number of jobs at once', async () => {
      const bench = await open();
      await bench.put(Array.from({ length: 6 }, (_, part) => shard(1, part)));
      let running = 0;
      let most = 0;
      const expected = expectJobs(6);
      bench.queue.consume('shard', 2, async (job) => {
        most = Math.max(most, ++running);
        await sleep(20);
        running--;
        expected.add(job);
        return 'finished';
      });
      await expected.seen;
      assert.equal(most, 2);
      await bench.close();
    });

    test('hands a job out again at the time that its handler names, and when it throws', async () => {
      const bench = await open();
      await bench.put([shard(1, 0)]);
      const expected = expectJobs(2);
      bench.queue.consume('shard', 1, async (job) => {
        expected.add(job);
        return (await Promise.race([expected.seen, undefined])) ? 'finished' : { again: Date.now() + 20 };
      });
      await expected.seen;
      await bench.close();
    });

    test('a job asked for again while it runs is handed out once more', async () => {
      const bench = await open();
      await bench.put([shard(1, 0)]);
      const expected = expectJobs(2);
      let first = true;
      bench.queue.consume('shard', 1, async (job) => {
        if (first) await bench.put([shard(1, 0)]);
        first = false;
        expected.add(job);
        return 'finished';
      });
      await expected.seen;
      await bench.close();
    });

    test('a job whose process died is handed out again, a finished one is not', async () => {
      const bench = await open();
      await bench.put([shard(1, 0), shard(1, 1)]);
      const stuck = Promise.withResolvers<void>();
      bench.queue.consume('shard', 2, async ({ part }, signal) => {
        if (part === 0) return 'finished';
        stuck.resolve();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve('finished')));
      });
      await stuck.promise;
      while ((await bench.queue.depth('shard')) > 1) await new Promise(setImmediate);
      const queue = await bench.restart();
      const expected = expectJobs(1);
      queue.consume('shard', 2, async (job) => {
        expected.add(job);
        return 'finished';
      });
      assert.deepEqual(
        (await expected.seen).map(({ part }) => part),
        [1],
      );
      await bench.close();
    });

    test('says how long the oldest job that is due has waited, whatever waits for later', async () => {
      const bench = await open();
      assert.equal(await bench.queue.oldest('shard'), 0);
      await bench.put([shard(1, 0), shard(1, 1, Date.now() + 60_000)]);
      await sleep(30);
      const waited = await bench.queue.oldest('shard');
      assert.ok(waited >= 30 && waited < 30_000, `${waited} ms`);
      const expected = expectJobs(1);
      bench.queue.consume('shard', 1, async (job) => {
        expected.add(job);
        return 'finished';
      });
      await expected.seen;
      while ((await bench.queue.depth('shard')) > 1) await new Promise(setImmediate);
      assert.equal(await bench.queue.oldest('shard'), 0);
      assert.equal(await bench.queue.oldest('webhook'), 0);
      await bench.close();
    });

    test('a stop waits for what runs, aborts it when the grace is over, and starts nothing new', async () => {
      const bench = await open();
      await bench.put([shard(1, 0), shard(1, 1)]);
      const started = Promise.withResolvers<void>();
      let runs = 0;
      bench.queue.consume('shard', 1, async (_, signal) => {
        runs++;
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { again: 0 };
      });
      await started.promise;
      await bench.queue.stop(20);
      assert.equal(runs, 1);
      await bench.close();
    });
  });
}
