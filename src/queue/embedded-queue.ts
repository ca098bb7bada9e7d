import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { jsonRows } from '../database/dialect.ts';
import type { Database } from '../database/open-database.ts';
import type { Transaction } from '../database/store/store-parts.ts';
import { LONGEST_RETRY_MS, LONGEST_WEBHOOK_PAUSE_MS } from '../domain/retry.ts';
import type { Job, JobQueue, JobResult } from '../pipeline/ports/queue.ts';

type Handler = Parameters<JobQueue['consume']>[2];

/** One kind of job and who works on it. */
interface Consumer {
  kind: Job['kind'];
  concurrency: number;
  handler: Handler;
  running: Set<Promise<void>>;
  timer: NodeJS.Timeout | undefined;
  /** The present look for jobs, so that two never run at once. */
  looking: boolean;
  /** Something changed while looking: look once more. */
  lookAgain: boolean;
}

export interface EmbeddedQueue extends JobQueue {
  enqueue(trx: Transaction, jobs: (Job & { runAt: number })[]): Promise<void>;
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  /** Makes the jobs that a dead process had taken ready again. Before any `consume`. */
  recover(): Promise<void>;
}

/** How long a job waits after its handler broke, in milliseconds. */
const AFTER_ERROR_MS = 5_000;

/** The longest sleep between two looks: a net below the wake-ups. */
const LONGEST_SLEEP_MS = 30_000;

const LONGEST_PAUSES: Record<Job['kind'], number> = { shard: LONGEST_RETRY_MS, webhook: LONGEST_WEBHOOK_PAUSE_MS };

/**
 * The queue of one machine: a table in the same database as the rows, so that a job commits with them.
 * One process owns the file (the data folder's lock), so a job needs no lease: what is `taken` at start was left by a
 * process that died.
 * @param now a clock that does not jump, see `steadyClock`
 */
export function createEmbeddedQueue({ db, dialect }: Database, now: () => number, log: Logger): EmbeddedQueue {
  const consumers: Consumer[] = [];
  const abort = new AbortController();
  let stopping = false;

  async function take(kind: Job['kind'], count: number) {
    const { rows } = await sql<{ id: number; request: number; part: number; asked: number }>`update jobs set taken = 1
      where id in (select id from jobs where kind = ${kind} and taken = 0 and run_at <= ${now()}
        order by part, id limit ${count})
      returning id, request, part, asked`.execute(db);
    return rows.sort((a, b) => a.part - b.part || a.id - b.id);
  }

  async function putBack(id: number, runAt: number): Promise<void> {
    await db.updateTable('jobs').set({ taken: 0, runAt }).where('id', '=', id).execute();
  }

  async function finish(id: number, asked: number): Promise<void> {
    const { numDeletedRows } = await db
      .deleteFrom('jobs')
      .where('id', '=', id)
      .where('asked', '=', asked)
      .executeTakeFirstOrThrow();
    // Still there: somebody asked for it again while it ran.
    if (numDeletedRows === 0n) await db.updateTable('jobs').set({ taken: 0 }).where('id', '=', id).execute();
  }

  async function run(consumer: Consumer, job: Awaited<ReturnType<typeof take>>[number]): Promise<void> {
    const { kind } = consumer;
    let result: JobResult;
    try {
      result = await consumer.handler({ kind, request: job.request, part: job.part }, abort.signal);
    } catch (error) {
      log.error({ err: error, kind, request: job.request, part: job.part }, 'job broke off, will be tried again');
      result = { again: now() + AFTER_ERROR_MS };
    }
    for (;;) {
      try {
        if (result === 'finished') await finish(job.id, job.asked);
        else await putBack(job.id, result.again);
        return;
      } catch (error) {
        log.error({ err: error, kind, request: job.request, part: job.part }, 'the end of a job could not be stored');
        // A full disk may have room again. At a stop the row stays taken and is recovered at the next start.
        if (stopping) return;
        await sleep(AFTER_ERROR_MS, undefined, { ref: false });
      }
    }
  }

  async function look(consumer: Consumer): Promise<void> {
    if (consumer.looking) {
      consumer.lookAgain = true;
      return;
    }
    consumer.looking = true;
    clearTimeout(consumer.timer);
    let pause = LONGEST_SLEEP_MS;
    try {
      do {
        consumer.lookAgain = false;
        const free = consumer.concurrency - consumer.running.size;
        if (stopping || free <= 0) break; // the end of a running job looks again
        for (const job of await take(consumer.kind, free)) {
          const running = run(consumer, job).finally(() => {
            consumer.running.delete(running);
            void look(consumer);
          });
          consumer.running.add(running);
        }
        pause = await untilNextDue(consumer.kind);
      } while (consumer.lookAgain);
    } catch (error) {
      log.error({ err: error }, 'the queue cannot be read');
      pause = AFTER_ERROR_MS;
    } finally {
      consumer.looking = false;
    }
    if (!stopping) consumer.timer = setTimeout(() => void look(consumer), pause);
  }

  async function untilNextDue(kind: Job['kind']): Promise<number> {
    const { next } = await db
      .selectFrom('jobs')
      .select((eb) => eb.fn.min('runAt').as('next'))
      .where('kind', '=', kind)
      .where('taken', '=', 0)
      .executeTakeFirstOrThrow();
    // One that has become due since the last look counts too, else it would wait for the longest sleep.
    return next === null ? LONGEST_SLEEP_MS : Math.min(Math.max(next - now(), 1), LONGEST_SLEEP_MS);
  }

  return {
    async enqueue(trx, jobs) {
      const rows = jsonRows(
        dialect,
        { kind: 'text', request: 'integer', part: 'integer', run_at: 'integer', since: 'integer' },
        jobs.map(({ kind, request, part, runAt }) => ({ kind, request, part, run_at: runAt, since: now() })),
      );
      // "where true": without it SQLite reads "on conflict" as a join's condition.
      await sql`insert into jobs (kind, request, part, run_at, since)
        select kind, request, part, run_at, since from ${rows} as new where true
        on conflict (kind, request, part) do update set run_at = excluded.run_at, asked = asked + 1`.execute(trx);
      // The connection is busy until the transaction ends, so whoever looks now sees what it committed.
      for (const consumer of consumers) if (jobs.some(({ kind }) => kind === consumer.kind)) void look(consumer);
    },

    async dequeueShards(trx, request) {
      await trx.deleteFrom('jobs').where('request', '=', request).where('kind', '=', 'shard').execute();
    },

    async recover() {
      await db.updateTable('jobs').set({ taken: 0 }).where('taken', '=', 1).execute();
      // Times that a clock wrote which was ahead of ours.
      for (const [kind, longest] of Object.entries(LONGEST_PAUSES) as [Job['kind'], number][]) {
        const latest = now() + longest;
        await db
          .updateTable('jobs')
          .set({ runAt: latest })
          .where('kind', '=', kind)
          .where('runAt', '>', latest)
          .execute();
      }
    },

    consume(kind, concurrency, handler) {
      const consumer = {
        kind,
        concurrency,
        handler,
        running: new Set<Promise<void>>(),
        timer: undefined,
        looking: false,
        lookAgain: false,
      };
      consumers.push(consumer);
      void look(consumer);
    },

    async stop(graceMs) {
      stopping = true;
      for (const { timer } of consumers) clearTimeout(timer);
      const timer = setTimeout(() => abort.abort(), graceMs);
      // A look that was under way may still start what it took.
      for (const consumer of consumers) {
        while (consumer.looking || consumer.running.size > 0) {
          await Promise.all(consumer.running);
          await new Promise(setImmediate);
        }
      }
      clearTimeout(timer);
    },

    async depth(kind) {
      const { count } = await db
        .selectFrom('jobs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async oldest(kind) {
      const { rows } = await sql<{ since: number | null }>`select min(max(since, run_at)) as since from jobs
        where kind = ${kind} and taken = 0 and run_at <= ${now()}`.execute(db);
      return Math.max(0, now() - (rows[0]?.since ?? now()));
    },
  };
}
