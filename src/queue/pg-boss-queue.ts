import { sql } from 'kysely';
import { fromKysely, type Job as HeldJob, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/open-database.ts';
import type { Transaction } from '../database/store/store-parts.ts';
import type { Job, JobQueue, JobResult } from '../pipeline/ports/queue.ts';

export interface PgBossQueue extends JobQueue {
  enqueue(trx: Transaction, jobs: (Job & { runAt: number })[]): Promise<void>;
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  /** Closes its connections; after `stop` where it consumed. */
  close(): Promise<void>;
}

type Place = Pick<Job, 'request' | 'part'>;

const KINDS: Job['kind'][] = ['shard', 'webhook'];

const SCHEMA = 'pgboss';

/** How long a job waits after its handler broke, in milliseconds. */
const AFTER_ERROR_MS = 5_000;

/** Rows of one insert; a request of a million images has twenty thousand shards. */
const JOBS_AT_ONCE = 5_000;

const QUEUE_OPTIONS = {
  // One waiting job for each key; one more may run meanwhile, so that a wish that arrives then is not lost.
  policy: 'short',
  notify: true,
  // The least that pg-boss takes. A worker that says nothing for so long loses its jobs to others.
  heartbeatSeconds: 10,
  retryDelay: 0,
  // Only a dead worker counts as a failure here, and no shard is to blame for that.
  retryLimit: 2 ** 31 - 1,
  expireInSeconds: 24 * 3_600,
  // A backlog is worked off, however old it is.
  retentionSeconds: 10 * 365 * 86_400,
  deleteAfterSeconds: 600,
} as const;

/**
 * The queue of many machines: pg-boss in the same database as the rows, so that a job commits with them. A job is held
 * by a heartbeat; when its process dies, another one gets it some 12 s later.
 * @param now a clock that does not jump, see `steadyClock`
 */
export async function createPgBossQueue(
  { db }: Database,
  url: string,
  now: () => number,
  log: Logger,
): Promise<PgBossQueue> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'pixmill-queue',
    schema: SCHEMA,
    max: 5,
    schedule: false,
    useListenNotify: true,
    // Both at their least, else a dead worker's jobs are found a minute later. One process at a time looks.
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    maintenanceIntervalSeconds: 300,
  });
  // Statements that failed: pg-boss goes on and tries again by itself.
  boss.on('error', (error) => log.warn({ err: error }, 'the queue has trouble with its database'));
  boss.on('warning', (warning) => log.debug({ warning }, 'pg-boss warns'));
  await boss.start();
  for (const kind of KINDS) await boss.createQueue(kind, QUEUE_OPTIONS);

  const consumed = new Set<Job['kind']>();
  const registered: Promise<unknown>[] = [];
  const abort = new AbortController();
  let stopping = false;

  async function put(executor: ReturnType<typeof fromKysely>, jobs: (Job & { runAt: number })[]): Promise<void> {
    for (const [kind, ofKind] of Map.groupBy(jobs, (job) => job.kind)) {
      const rows = ofKind.map(({ request, part, runAt }) => ({
        data: { request, part },
        singletonKey: `${request}/${part}`,
        // The first shards of every request before the later ones of any.
        priority: kind === 'shard' ? -part : 0,
        // In seconds from now: the clock of the database may differ from ours.
        startAfter: Math.max(0, runAt - now()) / 1_000,
      }));
      for (let start = 0; start < rows.length; start += JOBS_AT_ONCE) {
        await boss.insert(kind, rows.slice(start, start + JOBS_AT_ONCE), { db: executor });
      }
    }
  }

  /** Ends a held job and puts it in anew for later, together. Nothing where it is held by somebody else by now. */
  async function putBack(job: HeldJob<Place>, kind: Job['kind'], runAt: number): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const executor = fromKysely(trx.withoutPlugins());
      const done = await boss.complete(kind, job, null, { db: executor });
      // Its type says less than it holds.
      if ((done as { affected: number }).affected > 0) await put(executor, [{ kind, ...job.data, runAt }]);
    });
  }

  async function handle(kind: Job['kind'], handler: Handler, job: HeldJob<Place>): Promise<void> {
    const { request, part } = job.data;
    let result: JobResult;
    try {
      result = await handler({ kind, request, part }, AbortSignal.any([abort.signal, job.signal]));
    } catch (error) {
      log.error({ err: error, kind, request, part }, 'job broke off, will be tried again');
      result = { again: now() + AFTER_ERROR_MS };
    }
    if (result !== 'finished') await putBack(job, kind, result.again);
  }

  return {
    async enqueue(trx, jobs) {
      const executor = fromKysely(trx.withoutPlugins());
      // A delivery that waits for its next attempt and is asked for now must not stay at its later time.
      for (const job of jobs.filter(({ kind, runAt }) => kind === 'webhook' && runAt > 0))
        await removeWaiting(trx, job);
      await put(executor, jobs);
    },

    async dequeueShards(trx, request) {
      await sql`delete from ${sql.table(`${SCHEMA}.job`)} where name = 'shard' and state < 'active'
        and (data ->> 'request')::bigint = ${request}`.execute(trx);
    },

    consume(kind, concurrency, handler) {
      consumed.add(kind);
      let id = '';
      const work = boss.work<Place>(
        kind,
        { batchSize: 1, localConcurrency: concurrency, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
        async ([job]) => {
          if (!job) return;
          try {
            await handle(kind, handler, job);
          } finally {
            // Without it the worker would sleep until the next poll although more is waiting.
            if (!stopping) boss.notifyWorker(id);
          }
        },
      );
      registered.push(
        work.then((made) => {
          id = made;
        }),
      );
    },

    async stop(graceMs) {
      stopping = true;
      await Promise.all(registered);
      const timer = setTimeout(() => abort.abort(), graceMs);
      await Promise.all([...consumed].map((kind) => boss.offWork(kind, { wait: true })));
      clearTimeout(timer);
    },

    async depth(kind) {
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(`${SCHEMA}.job`)}
        where name = ${kind} and state < 'completed'`.execute(db);
      return Number(rows[0]?.count ?? 0);
    },

    async oldest(kind) {
      const { rows } = await sql<{ seconds: number | null }>`
        select max(extract(epoch from now() - greatest(created_on, start_after))) as seconds
        from ${sql.table(`${SCHEMA}.job`)} where name = ${kind} and state < 'active' and start_after <= now()`.execute(
        db,
      );
      return Math.round(Number(rows[0]?.seconds ?? 0) * 1_000);
    },

    async close() {
      await boss.stop({ graceful: true, timeout: 2_000 });
    },
  };
}

type Handler = Parameters<JobQueue['consume']>[2];

async function removeWaiting(trx: Transaction, { kind, request, part }: Job): Promise<void> {
  await sql`delete from ${sql.table(`${SCHEMA}.job`)} where name = ${kind} and state < 'active'
    and coalesce(singleton_key, '') = ${`${request}/${part}`}`.execute(trx);
}
