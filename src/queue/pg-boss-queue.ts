import { sql } from 'kysely';
import { fromKysely, type Job as HeldJob, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/open-database.ts';
import type { Enqueue, Transaction } from '../database/store/store-parts.ts';
import type { JobKind, JobOf, JobQueue, JobResult, NewJob } from '../pipeline/ports/queue.ts';
import { fromStored, logged, type StoredJob, toStored } from './stored-job.ts';
import { turnsOf } from './turns.ts';

export interface PgBossQueue extends JobQueue {
  enqueue: Enqueue;
  dequeueShards(trx: Transaction, request: number): Promise<void>;
  /** Closes its connections; after `stop` where it consumed. */
  close(): Promise<void>;
}

/** Older releases put jobs in without the last two. */
interface PgBossJob extends StoredJob {
  owner?: string;
  turn?: number;
}

const KINDS: JobKind[] = ['shard', 'webhook'];

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
 * by a heartbeat; when its process dies, another one gets it some 12 s later. Times are the database's.
 */
export async function createPgBossQueue({ db }: Database, url: string, log: Logger): Promise<PgBossQueue> {
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

  const consumed = new Set<JobKind>();
  const registered: Promise<unknown>[] = [];
  const abort = new AbortController();
  let stopping = false;

  async function put(trx: Transaction, jobs: NewJob[]): Promise<void> {
    for (const [kind, ofKind] of Map.groupBy(jobs, (job) => job.kind)) {
      const turns = turnsOf(ofKind, await presentTurn(trx, kind));
      const rows = ofKind.map((job, index) =>
        row({ ...toStored(job), owner: job.owner, turn: turns[index] ?? 0 }, job.delayMs ?? 0),
      );
      for (let start = 0; start < rows.length; start += JOBS_AT_ONCE) {
        await boss.insert(kind, rows.slice(start, start + JOBS_AT_ONCE), { db: fromKysely(trx.withoutPlugins()) });
      }
    }
  }

  /** Ends a held job and puts it in anew for later, together. Nothing where it is held by somebody else by now. */
  async function putBack(held: HeldJob<PgBossJob>, kind: JobKind, delayMs: number): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const executor = fromKysely(trx.withoutPlugins());
      const done = await boss.complete(kind, held, null, { db: executor });
      // Its type says less than it holds.
      if ((done as { affected: number }).affected > 0) {
        await boss.insert(kind, [row(held.data, delayMs)], { db: executor });
      }
    });
  }

  async function handle<Kind extends JobKind>(
    kind: Kind,
    handler: Handler<Kind>,
    held: HeldJob<PgBossJob>,
  ): Promise<void> {
    let result: JobResult;
    try {
      result = await handler(fromStored(kind, held.data), AbortSignal.any([abort.signal, held.signal]));
    } catch (error) {
      log.error({ err: error, ...logged(kind, held.data) }, 'job broke off, will be tried again');
      result = { snooze: AFTER_ERROR_MS };
    }
    if (result !== 'finished') await putBack(held, kind, result.snooze);
  }

  return {
    async enqueue(trx, jobs, { replace = false } = {}) {
      // pg-boss keeps the one that waits, and drops the new one.
      if (replace) await removeWaiting(trx, jobs);
      await put(trx, jobs);
    },

    async dequeueShards(trx, request) {
      await sql`delete from ${sql.table(`${SCHEMA}.job`)} where name = 'shard' and state < 'active'
        and (data ->> 'request')::bigint = ${request}`.execute(trx);
    },

    consume(kind, concurrency, handler) {
      consumed.add(kind);
      let id = '';
      const work = boss.work<PgBossJob>(
        kind,
        {
          batchSize: 1,
          localConcurrency: concurrency.total,
          localGroupConcurrency: concurrency.ofCustomer,
          pollingIntervalSeconds: 2,
          notifyPollingIntervalSeconds: 2,
        },
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

type Handler<Kind extends JobKind> = (job: JobOf<Kind>, signal: AbortSignal) => Promise<JobResult>;

function row({ request, part, owner = '', turn = part }: PgBossJob, delayMs: number) {
  return {
    data: { request, part, owner, turn },
    singletonKey: singletonKey({ request, part }),
    // A group must have a name, and the customer may have none.
    group: { id: `customer ${owner}` },
    priority: -turn,
    // In seconds from now: the clock of the database may differ from ours.
    startAfter: delayMs / 1_000,
  };
}

/** The turn that was handed out last: the latest that runs, but no less than just before the first that waits. */
async function presentTurn(trx: Transaction, kind: JobKind): Promise<number> {
  const jobs = sql.table(`${SCHEMA}.job`);
  // Each as one of pg-boss's partial indexes has it.
  const { rows } = await sql<{ turn: number }>`select greatest(0,
    (select max(-priority) from ${jobs} where name = ${kind} and state = 'active' and group_id is not null),
    (select -priority - 1 from ${jobs} where name = ${kind} and state < 'active' and not blocked
      order by priority desc limit 1)) as turn`.execute(trx);
  return rows[0]?.turn ?? 0;
}

const singletonKey = ({ request, part }: StoredJob) => `${request}/${part}`;

async function removeWaiting(trx: Transaction, jobs: NewJob[]): Promise<void> {
  for (const [kind, ofKind] of Map.groupBy(jobs, (job) => job.kind)) {
    const keys = JSON.stringify(ofKind.map((job) => singletonKey(toStored(job))));
    await sql`delete from ${sql.table(`${SCHEMA}.job`)} where name = ${kind} and state < 'active'
      and coalesce(singleton_key, '') in (select jsonb_array_elements_text(${keys}::jsonb))`.execute(trx);
  }
}
