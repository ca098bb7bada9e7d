import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { jsonRows } from '../database/dialect.ts';
import type { Database } from '../database/open-database.ts';
import type { Enqueue, Transaction } from '../database/store/store-parts.ts';
import { LONGEST_RETRY_MS, LONGEST_WEBHOOK_PAUSE_MS } from '../domain/retry.ts';
import type { Concurrency, JobKind, JobOf, JobQueue, JobResult, NewJob } from '../pipeline/ports/queue.ts';
import { fromStored, logged, type StoredJob, toStored } from './stored-job.ts';
import { turnsOf } from './turns.ts';

/** One kind of job and who works on it. */
interface Consumer {
  kind: JobKind;
  concurrency: Concurrency;
  handler: (job: JobOf<JobKind>, signal: AbortSignal) => Promise<JobResult>;
  running: Set<Promise<void>>;
  /** Jobs in hand, by customer. */
  byOwner: Map<string, number>;
  timer: NodeJS.Timeout | undefined;
  /** The present look for jobs, so that two never run at once. */
  looking: boolean;
  /** Something changed while looking: look once more. */
  lookAgain: boolean;
}

export interface EmbeddedQueue extends JobQueue {
  enqueue: Enqueue;
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  /** Makes the jobs that a dead process had taken ready again. Before any `consume`. */
  recover(): Promise<void>;
}

/** `asked` counts how often the job was put in; it tells whether that happened once more since it was taken. */
interface TakenJob extends StoredJob {
  id: number;
  owner: string;
  asked: number;
}

/** How long a job waits after its handler broke, in milliseconds. */
const AFTER_ERROR_MS = 5_000;

/** The longest sleep between two looks: a net below the wake-ups. */
const LONGEST_SLEEP_MS = 30_000;

const LONGEST_PAUSES: Record<JobKind, number> = { shard: LONGEST_RETRY_MS, webhook: LONGEST_WEBHOOK_PAUSE_MS };

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

  /** Customers that have as many jobs in hand as one may, as a list for SQL. */
  const full = ({ byOwner, concurrency }: Consumer) => {
    const owners = [...byOwner].filter(([, jobs]) => jobs >= concurrency.ofCustomer).map(([owner]) => owner);
    return sql`(select value from json_each(${JSON.stringify(owners)}))`;
  };

  /** One at a time, as each counts for its customer. */
  async function take(consumer: Consumer): Promise<TakenJob | undefined> {
    const { rows } = await sql<TakenJob>`update jobs set taken = 1
      where id = (select id from jobs where kind = ${consumer.kind} and taken = 0 and run_at <= ${now()}
        and owner not in ${full(consumer)} order by turn, id limit 1)
      returning id, request, part, asked, owner`.execute(db);
    return rows[0];
  }

  async function putBack({ id, asked }: TakenJob, pauseMs: number): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set({ taken: 0, runAt: now() + pauseMs })
      .where('id', '=', id)
      .where('asked', '=', asked)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) await askedMeanwhile(id);
  }

  async function finish({ id, asked }: TakenJob): Promise<void> {
    const { numDeletedRows } = await db
      .deleteFrom('jobs')
      .where('id', '=', id)
      .where('asked', '=', asked)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) await askedMeanwhile(id);
  }

  /** Somebody asked for the job while it ran: it is ready at the time that they named. */
  async function askedMeanwhile(id: number): Promise<void> {
    await db.updateTable('jobs').set({ taken: 0 }).where('id', '=', id).execute();
  }

  async function run(consumer: Consumer, job: TakenJob): Promise<void> {
    const { kind } = consumer;
    let result: JobResult;
    try {
      result = await consumer.handler(fromStored(kind, job), abort.signal);
    } catch (error) {
      log.error({ err: error, ...logged(kind, job) }, 'job broke off, will be tried again');
      result = { snooze: AFTER_ERROR_MS };
    }
    for (;;) {
      try {
        if (result === 'finished') await finish(job);
        else await putBack(job, result.snooze);
        return;
      } catch (error) {
        log.error({ err: error, ...logged(kind, job) }, 'the end of a job could not be stored');
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
        const { running, byOwner, concurrency } = consumer;
        // Where all places are taken, the end of a running job looks again.
        while (!stopping && running.size < concurrency.total) {
          const job = await take(consumer);
          if (!job) {
            pause = await untilNextDue(consumer);
            break;
          }
          count(byOwner, job.owner, 1);
          const work = run(consumer, job).finally(() => {
            running.delete(work);
            count(byOwner, job.owner, -1);
            void look(consumer);
          });
          running.add(work);
        }
      } while (consumer.lookAgain);
    } catch (error) {
      log.error({ err: error }, 'the queue cannot be read');
      pause = AFTER_ERROR_MS;
    } finally {
      consumer.looking = false;
    }
    if (!stopping) consumer.timer = setTimeout(() => void look(consumer), pause);
  }

  async function untilNextDue(consumer: Consumer): Promise<number> {
    const { rows } = await sql<{ next: number }>`select run_at as next from jobs
      where kind = ${consumer.kind} and taken = 0 and owner not in ${full(consumer)}
      order by run_at limit 1`.execute(db);
    const next = rows[0]?.next;
    // One that has become due since the last look counts too, else it would wait for the longest sleep.
    return next === undefined ? LONGEST_SLEEP_MS : Math.min(Math.max(next - now(), 1), LONGEST_SLEEP_MS);
  }

  /** The turn that was handed out last: the latest that is taken, but no less than just before the first that waits. */
  async function presentTurn(trx: Transaction, kind: JobKind): Promise<number> {
    const { rows } = await sql<{ turn: number }>`select max(
      coalesce((select max(turn) from jobs where kind = ${kind} and taken = 1), 0),
      coalesce((select min(turn) - 1 from jobs where kind = ${kind} and taken = 0), 0)) as turn`.execute(trx);
    return rows[0]?.turn ?? 0;
  }

  return {
    async enqueue(trx, jobs, { replace = false } = {}) {
      const since = now();
      const turns = new Map<NewJob, number>();
      for (const [kind, ofKind] of Map.groupBy(jobs, (job) => job.kind)) {
        const present = await presentTurn(trx, kind);
        for (const [index, turn] of turnsOf(ofKind, present).entries()) turns.set(ofKind[index] as NewJob, turn);
      }
      const rows = jsonRows(
        dialect,
        {
          kind: 'text',
          request: 'integer',
          part: 'integer',
          run_at: 'integer',
          since: 'integer',
          owner: 'text',
          turn: 'integer',
        },
        jobs.map((job) => ({
          kind: job.kind,
          ...toStored(job),
          run_at: job.delayMs ? since + job.delayMs : 0,
          since,
          owner: job.owner,
          turn: turns.get(job) ?? 0,
        })),
      );
      const when = replace ? sql`excluded.run_at` : sql`case when taken = 1 then excluded.run_at else run_at end`;
      // "where true": without it SQLite reads "on conflict" as a join's condition.
      await sql`insert into jobs (kind, request, part, run_at, since, owner, turn)
        select kind, request, part, run_at, since, owner, turn from ${rows} as new where true
        on conflict (kind, request, part) do update set run_at = ${when}, asked = asked + 1`.execute(trx);
      // The connection is busy until the transaction ends, so whoever looks now sees what it committed.
      for (const consumer of consumers) if (jobs.some(({ kind }) => kind === consumer.kind)) void look(consumer);
    },

    async dequeueShards(trx, request) {
      await trx.deleteFrom('jobs').where('request', '=', request).where('kind', '=', 'shard').execute();
    },

    async recover() {
      await db.updateTable('jobs').set({ taken: 0 }).where('taken', '=', 1).execute();
      // Times that a clock wrote which was ahead of ours.
      for (const [kind, longest] of Object.entries(LONGEST_PAUSES) as [JobKind, number][]) {
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
      const consumer: Consumer = {
        kind,
        concurrency,
        // It gets no jobs but those of its kind.
        handler: handler as Consumer['handler'],
        running: new Set(),
        byOwner: new Map(),
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

function count(byOwner: Map<string, number>, owner: string, by: number): void {
  const jobs = (byOwner.get(owner) ?? 0) + by;
  if (jobs === 0) byOwner.delete(owner);
  else byOwner.set(owner, jobs);
}
