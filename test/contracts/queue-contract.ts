import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobOf, JobQueue, NewJob } from '../../src/pipeline/ports/queue.ts';

export interface QueueBench {
  queue: JobQueue;
  /** Puts jobs in, in one committed transaction. */
  put(jobs: NewJob[], options?: { replace: boolean }): Promise<void>;
  /** Puts one in as an older release did, and its workers still do: with the columns or members that it had. */
  putOld(kind: Job['kind'], request: number, part: number): Promise<void>;
  /** The same queue after its process died without a word. */
  restart(): Promise<JobQueue>;
  close(): Promise<void>;
}

const shard = (request: number, shard: number, delayMs = 0) => ({
  kind: 'shard' as const,
  request,
  shard,
  owner: '',
  delayMs,
});
const webhook = (request: number, delivery: number, delayMs = 0) => ({
  kind: 'webhook' as const,
  request,
  delivery,
  owner: '',
  delayMs,
});
const atOnce = (total: number) => ({ total, ofCustomer: total });

/** All shards of a request that a customer puts in, as the store does it. */
const request = (owner: string, request: number, shards: number, rank = 1): NewJob[] =>
  Array.from({ length: shards }, (_, shard) => ({ kind: 'shard', request, shard, owner, rank }));

/** Resolves when the handler has been called `count` times, with the jobs it was called with. */
function expectJobs<Taken extends Job = JobOf<'shard'>>(count: number) {
  const { promise, resolve } = Promise.withResolvers<Taken[]>();
  const jobs: Taken[] = [];
  return {
    seen: promise,
    add(job: Taken) {
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
      bench.queue.consume('shard', atOnce(1), async (job) => {
        expected.add(job);
        return 'finished';
      });
      const jobs = await expected.seen;
      assert.deepEqual(
        jobs.map(({ shard }) => shard),
        [0, 0, 1, 1, 2],
      );
      await bench.close();
    });

    test('hands out the jobs of one customer after those of the other, whoever came first with however many', async () => {
      const bench = await open();
      for (const rank of [1, 2, 3, 4, 5, 6]) await bench.put(request('greedy', rank, 1, rank));
      await bench.put(request('other', 7, 3));
      const expected = expectJobs(9);
      bench.queue.consume('shard', atOnce(1), async (job) => {
        expected.add(job);
        return 'finished';
      });
      const jobs = await expected.seen;
      assert.deepEqual(
        jobs.map(({ request }) => request),
        [1, 7, 2, 7, 3, 7, 4, 5, 6],
      );
      await bench.close();
    });

    test('a small request passes a large one of the same customer, and who comes late is not behind either', async () => {
      const bench = await open();
      await bench.put(request('a', 1, 10));
      const expected = expectJobs(13);
      let handed = 0;
      bench.queue.consume('shard', atOnce(1), async (job) => {
        if (++handed === 3) {
          await bench.put(request('a', 2, 2, 2));
          await bench.put(request('b', 3, 1));
        }
        expected.add(job);
        return 'finished';
      });
      const order = (await expected.seen).map(({ request }) => request);
      assert.ok(order.lastIndexOf(3) < 6, order.join());
      assert.ok(order.lastIndexOf(2) < 10, order.join());
      await bench.close();
    });

    test('one customer never has all places, and what waits for a place costs nothing', async () => {
      const bench = await open();
      await bench.put(request('greedy', 1, 8));
      const free = Promise.withResolvers<void>();
      const other = Promise.withResolvers<void>();
      let running = 0;
      let most = 0;
      const all = expectJobs(9);
      bench.queue.consume('shard', { total: 3, ofCustomer: 2 }, async (job) => {
        if (job.request === 2) other.resolve();
        else {
          most = Math.max(most, ++running);
          await free.promise;
          running--;
        }
        all.add(job);
        return 'finished';
      });
      while (running < 2) await new Promise(setImmediate);
      await bench.put(request('other', 2, 1));
      await other.promise;
      free.resolve();
      await all.seen;
      assert.equal(most, 2);
      await bench.close();
    });

    test('wakes a waiting consumer at once when a job is put in', async () => {
      const bench = await open();
      const expected = expectJobs(1);
      bench.queue.consume('shard', atOnce(1), async (job) => {
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
      await bench.put(Array.from({ length: 6 }, (_, number) => shard(1, number)));
      let running = 0;
      let most = 0;
      const expected = expectJobs(6);
      bench.queue.consume('shard', atOnce(2), async (job) => {
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

    test('hands a job out again after the pause that its handler names', async () => {
      const bench = await open();
      await bench.put([shard(1, 0)]);
      const expected = expectJobs(2);
      bench.queue.consume('shard', atOnce(1), async (job) => {
        expected.add(job);
        return (await Promise.race([expected.seen, undefined])) ? 'finished' : { snooze: 20 };
      });
      await expected.seen;
      await bench.close();
    });

    test('a job asked for again while it runs is handed out once more', async () => {
      const bench = await open();
      await bench.put([shard(1, 0)]);
      const expected = expectJobs(2);
      let first = true;
      bench.queue.consume('shard', atOnce(1), async (job) => {
        if (first) await bench.put([shard(1, 0)]);
        first = false;
        expected.add(job);
        return 'finished';
      });
      await expected.seen;
      await bench.close();
    });

    test('a job asked for again while it runs does not wait for the pause that its handler names', async () => {
      const bench = await open();
      await bench.put([webhook(1, 1)]);
      const expected = expectJobs<JobOf<'webhook'>>(2);
      let first = true;
      bench.queue.consume('webhook', atOnce(1), async (job) => {
        const asked = first;
        first = false;
        if (asked) await bench.put([webhook(1, 1)], { replace: true });
        expected.add(job);
        return asked ? { snooze: 3_600_000 } : 'finished';
      });
      await expected.seen;
      await bench.close();
    });

    test('a job that waits for later keeps its time when it is put in again, and is due at once where that replaces it', async () => {
      const bench = await open();
      await bench.put([webhook(1, 1, 3_600_000), webhook(1, 2, 3_600_000)]);
      await bench.put([webhook(1, 1)]);
      await bench.put([webhook(1, 2)], { replace: true });
      const expected = expectJobs<JobOf<'webhook'>>(1);
      bench.queue.consume('webhook', atOnce(1), async (job) => {
        expected.add(job);
        return 'finished';
      });
      assert.deepEqual(await expected.seen, [{ kind: 'webhook', request: 1, delivery: 2 }]);
      while ((await bench.queue.depth('webhook')) > 1) await new Promise(setImmediate);
      assert.equal(await bench.queue.depth('webhook'), 1);
      await bench.close();
    });

    test('jobs of an older release are understood, and are the same jobs as ours', async () => {
      const bench = await open();
      await bench.putOld('shard', 3, 7);
      await bench.put([shard(3, 7)]);
      await bench.putOld('webhook', 3, 2);
      await bench.put([webhook(3, 2)]);
      assert.deepEqual([await bench.queue.depth('shard'), await bench.queue.depth('webhook')], [1, 1]);
      const shards = expectJobs(1);
      const webhooks = expectJobs<JobOf<'webhook'>>(1);
      bench.queue.consume('shard', atOnce(1), async (job) => {
        shards.add(job);
        return 'finished';
      });
      bench.queue.consume('webhook', atOnce(1), async (job) => {
        webhooks.add(job);
        return 'finished';
      });
      assert.deepEqual(await shards.seen, [{ kind: 'shard', request: 3, shard: 7 }]);
      assert.deepEqual(await webhooks.seen, [{ kind: 'webhook', request: 3, delivery: 2 }]);
      await bench.close();
    });

    test('a job whose process died is handed out again, a finished one is not', async () => {
      const bench = await open();
      await bench.put([shard(1, 0), shard(1, 1)]);
      const stuck = Promise.withResolvers<void>();
      bench.queue.consume('shard', atOnce(2), async ({ shard: number }, signal) => {
        if (number === 0) return 'finished';
        stuck.resolve();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve('finished')));
      });
      await stuck.promise;
      while ((await bench.queue.depth('shard')) > 1) await new Promise(setImmediate);
      const queue = await bench.restart();
      const expected = expectJobs(1);
      queue.consume('shard', atOnce(2), async (job) => {
        expected.add(job);
        return 'finished';
      });
      assert.deepEqual(
        (await expected.seen).map(({ shard }) => shard),
        [1],
      );
      await bench.close();
    });

    test('says how long the oldest job that is due has waited, whatever waits for later', async () => {
      const bench = await open();
      assert.equal(await bench.queue.oldest('shard'), 0);
      await bench.put([shard(1, 0), shard(1, 1, 60_000)]);
      await sleep(30);
      const waited = await bench.queue.oldest('shard');
      assert.ok(waited >= 30 && waited < 30_000, `${waited} ms`);
      const expected = expectJobs(1);
      bench.queue.consume('shard', atOnce(1), async (job) => {
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
      bench.queue.consume('shard', atOnce(1), async (_, signal) => {
        runs++;
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { snooze: 0 };
      });
      await started.promise;
      await bench.queue.stop(20);
      assert.equal(runs, 1);
      await bench.close();
    });
  });
}
