import type { Worker } from 'node:worker_threads';
import type { Limits } from '../../domain/limits.ts';
import { Problem } from '../../domain/problem.ts';
import type { Answer, Job } from './messages.ts';

/** What a thread does for one table: questions and their answers, one after the other. */
export class ThreadJob {
  readonly #worker: Worker;
  readonly #limits: Pick<Limits, 'tableMs' | 'tableBytes'>;
  readonly #signal: AbortSignal;
  #asked: PromiseWithResolvers<Answer> | undefined;
  #ended: Error | undefined;
  #spentMs = 0;

  constructor(worker: Worker, { signal, ...limits }: Pick<Limits, 'tableMs' | 'tableBytes'> & { signal: AbortSignal }) {
    this.#worker = worker;
    this.#limits = limits;
    this.#signal = signal;
    worker.on('message', this.#answered);
    worker.on('error', this.#failed);
    worker.on('exit', this.#exited);
    signal.addEventListener('abort', this.#aborted);
    if (signal.aborted) this.#aborted();
  }

  /**
   * @throws Problem `csv_too_large` where the table takes too long or too much memory, `bad_request` where the client left
   */
  async ask(job: Job): Promise<Answer> {
    if (this.#ended) throw this.#ended;
    const asked = Promise.withResolvers<Answer>();
    this.#asked = asked;
    const started = performance.now();
    const timer = setTimeout(() => this.#stop(tooSlow(this.#limits.tableMs)), this.#limits.tableMs - this.#spentMs);
    try {
      this.#worker.postMessage(job);
      return await asked.promise;
    } finally {
      clearTimeout(timer);
      this.#spentMs += performance.now() - started;
    }
  }

  /** @returns the thread where it can go on with other work; undefined where it was, or had to be, ended */
  async end(): Promise<Worker | undefined> {
    this.#signal.removeEventListener('abort', this.#aborted);
    const busy = this.#asked !== undefined;
    if (busy || this.#ended) this.#stop(new Error('nobody waits for the table any more'));
    this.#worker.off('message', this.#answered).off('exit', this.#exited);
    if (!busy && !this.#ended) {
      this.#worker.off('error', this.#failed);
      return this.#worker;
    }
    await this.#worker.terminate();
    return undefined;
  }

  readonly #answered = (answer: Answer): void => {
    this.#asked?.resolve(answer);
    this.#asked = undefined;
  };

  readonly #failed = (error: NodeJS.ErrnoException): void => {
    this.#stop(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuchMemory(this.#limits.tableBytes, error) : error);
  };

  readonly #exited = (): void => this.#stop(new Error('the thread that read the table ended'));

  readonly #aborted = (): void => this.#stop(new Problem('bad_request', 'The client went away.'));

  #stop(reason: Error): void {
    this.#ended ??= reason;
    this.#asked?.reject(this.#ended);
    this.#asked = undefined;
    // What loops without a pause hears nothing but this.
    this.#worker.terminate();
  }
}

function tooSlow(limitMs: number): Problem {
  const message = `Reading the table takes longer than ${limitMs / 1_000} seconds, the limit here. Split the file and upload the parts, or save the table as a plain CSV.`;
  return new Problem('csv_too_large', message);
}

function tooMuchMemory(limitBytes: number, cause: Error): Problem {
  const message = `Reading the table takes more than ${limitBytes} bytes of memory, the limit here. Split the file and upload the parts, or save the table as a plain CSV.`;
  return new Problem('csv_too_large', message, { cause });
}
