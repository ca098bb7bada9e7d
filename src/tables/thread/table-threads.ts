import { Worker } from 'node:worker_threads';
import type { Limits } from '../../domain/limits.ts';
import type { CsvBatch, ReadSettings, ReadTable } from '../read-products.ts';
import type { UnpackedFile } from '../unpack.ts';
import { type Answer, errorOf } from './messages.ts';
import { unpackBatch } from './packed-batch.ts';
import { ThreadJob } from './thread-job.ts';

/** Unpacks and reads tables in threads of their own, within limits of time and memory. */
export interface TableThreads {
  /**
   * As `unpackFile`.
   * @param signal ends the work where nobody waits for it any more
   */
  unpack(
    path: string,
    to: string,
    name: string,
    csvBytes: number,
    sheet: string | undefined,
    signal: AbortSignal,
  ): Promise<UnpackedFile>;
  /** As `readProducts`; the thread is one batch ahead of whoever takes them, and no more. */
  read(path: string, settings: ReadSettings, signal: AbortSignal): Promise<ReadTable>;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** A thread that has nothing to do ends after a while: its modules take some megabytes. */
const IDLE_MS = 60_000;
const MEGABYTE = 1_000_000;

/**
 * @param limits time that a table may take in all, and memory of a thread
 * @example
 * const threads = tableThreads(DEFAULT_LIMITS);
 * const file = await threads.unpack(path, `${path}-unpacked`, 'products.xlsx', 100_000_000, undefined, signal);
 * const { layout, batches } = await threads.read(file.path, { format: file.format, limits: DEFAULT_LIMITS }, signal);
 */
export function tableThreads(limits: Pick<Limits, 'tableMs' | 'tableBytes'>): TableThreads {
  const pool = new ThreadPool(limits.tableBytes);
  const begin = (signal: AbortSignal) => new ThreadJob(pool.take(), { ...limits, signal });
  const end = async (job: ThreadJob) => pool.give(await job.end());
  return {
    async unpack(path, to, name, csvBytes, sheet, signal) {
      const job = begin(signal);
      try {
        const { file } = expected(await job.ask({ do: 'unpack', path, to, name, csvBytes, sheet }), 'unpacked');
        return file;
      } finally {
        await end(job);
      }
    },
    async read(path, settings, signal) {
      const job = begin(signal);
      try {
        const { table } = expected(await job.ask({ do: 'read', path, settings }), 'table');
        const links: number[] = [];
        return { ...table, links, batches: batchesOf(job, links, () => end(job)) };
      } catch (error) {
        await end(job);
        throw error;
      }
    },
    close: () => pool.close(),
  };
}

async function* batchesOf(
  job: ThreadJob,
  links: number[],
  end: () => Promise<void>,
): AsyncGenerator<CsvBatch, void, undefined> {
  try {
    let next = job.ask({ do: 'next' });
    for (;;) {
      const answer = await next;
      if (answer.is === 'end') {
        links.push(...answer.links);
        return;
      }
      const { batch } = expected(answer, 'batch');
      // While this one is stored, the thread makes the next one.
      next = job.ask({ do: 'next' });
      next.catch(() => undefined);
      yield unpackBatch(batch);
    }
  } finally {
    await end();
  }
}

function expected<Kind extends Answer['is']>(answer: Answer, kind: Kind): Extract<Answer, { is: Kind }> {
  if (answer.is === kind) return answer as Extract<Answer, { is: Kind }>;
  throw errorOf(answer) ?? new Error(`a thread answered ${answer.is} instead of ${kind}`);
}

/** Threads that wait for work. */
class ThreadPool {
  readonly #memoryBytes: number;
  /** With what takes them out of here. */
  readonly #idle = new Map<Worker, () => void>();

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  take(): Worker {
    for (const [worker, forget] of this.#idle) {
      forget();
      worker.ref();
      return worker;
    }
    const program = new URL(`./table-thread${import.meta.filename.slice(-3)}`, import.meta.url);
    const resourceLimits = {
      maxOldGenerationSizeMb: Math.ceil(this.#memoryBytes / MEGABYTE),
      maxYoungGenerationSizeMb: 16,
    };
    return new Worker(program, { resourceLimits, env: {} });
  }

  /** @param worker undefined where it was ended */
  give(worker: Worker | undefined): void {
    if (!worker) return;
    const forget = () => {
      clearTimeout(timer);
      this.#idle.delete(worker);
      worker.off('error', forget).off('exit', forget);
    };
    const timer = setTimeout(() => {
      forget();
      worker.terminate();
    }, IDLE_MS).unref();
    // An error in a thread that does nothing concerns nobody; without a listener it would end the whole program.
    worker.on('error', forget);
    worker.on('exit', forget);
    worker.unref();
    this.#idle.set(worker, forget);
  }

  async close(): Promise<void> {
    const workers = [...this.#idle.keys()];
    for (const forget of this.#idle.values()) forget();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
