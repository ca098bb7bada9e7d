import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { extname, join, sep } from 'node:path';
import type { Logger } from 'pino';
import workerpool from 'workerpool';
import { type FailureCode, ImageFailure } from '../domain/failure.ts';
import type { ImageResult } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import { type Options, pictureOptions } from '../domain/options.ts';
import type { DecoderLoss } from '../pipeline/ports/pipeline-observer.ts';
import { readAnswer } from './decoder-answer.ts';
import { createDecoderFolder, INPUTS, OUTPUTS } from './decoder-folder.ts';
import { AUTOGROUP, hasTerminal, OWN_SESSION } from './decoder-session.ts';
import { isRoot, MAY_STAY_ROOT } from './decoder-user.ts';
import { DecodersUnsafe } from './decoders-unsafe.ts';

export type DecoderLimits = Pick<Limits, 'pixels' | 'frames' | 'decoderBytes'>;

export interface DecoderSettings {
  processes: number;
  limits: DecoderLimits & Pick<Limits, 'decodeMs'>;
  /** For what decoders read and write; made already, and only we may enter it. */
  workDir: string;
  /** Whether decoders may have the rights of root where we have them and cannot give them up. */
  mayStayRoot: boolean;
  log: Logger;
  /** A process is gone, and another one takes its place. */
  onLost?(reason: DecoderLoss): void;
}

export interface DecoderPool {
  /** Returns when a process has started. @throws DecodersUnsafe, Error where none can */
  ready(): Promise<void>;
  /** A path for a new file that is to be an input. */
  inputFile(): string;
  /**
   * Compresses one file into a new one.
   * @param input has a path of `inputFile`
   * @param output anywhere; may be there, in part, also when this throws
   * @throws ImageFailure
   */
  compress(input: string, output: string, options: Options): Promise<ImageResult>;
  /** Processes with and without an image, and images that wait for one. */
  load(): { busy: number; idle: number; waiting: number };
  /** Ends all processes; what they work on fails. */
  stop(): Promise<void>;
}

/** Named as we are: `.ts` in a clone, `.js` in the package. */
const PROGRAM = join(import.meta.dirname, `decoder-process${extname(import.meta.filename)}`);
const SOURCE = join(import.meta.dirname, '..');

/**
 * glibc keeps what it frees, and keeps the more of it the larger the pictures were. With two arenas, and buffers above
 * 4 MB given back at once, a decoder stays at 135 MB instead of 200, for 2 % of the CPU.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '4000000', MALLOC_TRIM_THRESHOLD_: '4000000' };

/** Longest start of a process, on a machine that is busy. */
const START_MS = 30_000;

/** A process that is to end gets this long twice over before it is killed; native code does not listen. */
const TERMINATE_MS = 100;

/**
 * Longest wait for the end of all processes. One that died while it had nothing to do is counted among them, and its end,
 * which is over, would be waited for without end.
 */
const STOP_MS = 2_000;

/** How often the queue is looked at after a process was lost, until nothing waits. */
const LOOK_MS = 100;

/** Processes that decode and encode one image at a time each, so that a crash costs one image and no more. */
export function createDecoderPool(settings: DecoderSettings): DecoderPool {
  const { processes, limits, workDir, mayStayRoot, log, onLost } = settings;
  const modules = modulesFolder();
  const folder = createDecoderFolder(workDir, isRoot());
  const ownSession = isRoot() && hasTerminal();
  const pool = workerpool.pool(PROGRAM, {
    workerType: 'process',
    minWorkers: processes,
    maxWorkers: processes,
    workerTerminateTimeout: TERMINATE_MS,
    forkArgs: [...(mayStayRoot ? [MAY_STAY_ROOT] : []), ...(ownSession ? [OWN_SESSION] : [])],
    forkOpts: {
      // They load the program, and come into this folder, with our rights; then they give these up. The folders above, and
      // the program, may be closed to everybody else.
      cwd: folder.path,
      detached: ownSession,
      // Nothing of our environment: it may hold secrets.
      env: ALLOCATOR,
      execArgv: [
        // What little JavaScript there is here leaves small garbage; by itself the heap would grow to 150 MB before it is
        // collected.
        '--max-semi-space-size=1',
        // A second wall, for JavaScript only: native code is not held by it.
        '--permission',
        '--allow-addons',
        `--allow-fs-read=${SOURCE}/*`,
        `--allow-fs-read=${join(SOURCE, '../package.json')}`,
        `--allow-fs-read=${join(SOURCE, '../node_modules')}`,
        `--allow-fs-read=${join(SOURCE, '../node_modules')}/*`,
        `--allow-fs-read=${modules}/*`,
        `--allow-fs-read=${join(folder.path, INPUTS)}`,
        `--allow-fs-read=${join(folder.path, INPUTS)}/*`,
        `--allow-fs-read=${join(folder.path, OUTPUTS)}`,
        `--allow-fs-write=${join(folder.path, OUTPUTS)}/*`,
        `--allow-fs-write=${devNull}`,
        `--allow-fs-write=${AUTOGROUP}`,
        '--disable-warning=SecurityWarning',
      ],
    },
  });

  const { decodeMs, ...decoderLimits } = limits;
  const run = (...task: unknown[]): Promise<unknown> =>
    Promise.resolve(pool.exec('compress', [...task, decoderLimits]).timeout(decodeMs));

  /** The pool learns that an idle process died only from the image that it gives it: the next process gets that image. */
  async function runOnLiving(...task: unknown[]): Promise<unknown> {
    for (let dead = 0; ; dead++) {
      try {
        return await run(...task);
      } catch (error) {
        if (!wasIdle(error) || dead === processes) throw error;
        onLost?.('idle');
      }
    }
  }

  let looking: NodeJS.Timeout | undefined;
  /**
   * The pool hands out what waits only when a task comes or ends. Where processes die that work on everything that could
   * end, their successors would stay idle beside a full queue: a task that does nothing wakes them.
   */
  function keepHandingOut(): void {
    looking ??= setInterval(() => {
      const { pendingTasks, idleWorkers, totalWorkers } = pool.stats();
      if (pendingTasks === 0) {
        clearInterval(looking);
        looking = undefined;
      } else if (idleWorkers > 0 || totalWorkers < processes) pool.exec('ready', []).catch(() => undefined);
    }, LOOK_MS);
  }

  return {
    async ready() {
      let stillRoot: string | null;
      try {
        stillRoot = await pool.exec('ready', []).timeout(START_MS);
      } catch (cause) {
        throw new Error('The processes that decode images cannot be started.', { cause });
      }
      if (stillRoot === null) return;
      if (!mayStayRoot) throw new DecodersUnsafe(stillRoot);
      log.warn(`Images are decoded with the rights of root: ${stillRoot}.`);
    },

    inputFile: folder.inputFile,

    async compress(input, output, options) {
      const file = await folder.newOutput().catch(storageFailed);
      try {
        const said = await runOnLiving(folder.openInput(input), file.name, pictureOptions(options)).catch((error) => {
          keepHandingOut();
          onLost?.(lossOf(error));
          throw lostTask(error);
        });
        const answer = readAnswer(said, limits.decoderBytes);
        if ('failure' in answer) throw failureOf(answer.failure);
        await file.copyTo(output, answer.result.bytesOut);
        return answer.result;
      } catch (error) {
        return storageFailed(error);
      } finally {
        await file.remove();
      }
    },

    load() {
      const { busyWorkers, idleWorkers, pendingTasks } = pool.stats();
      return { busy: busyWorkers, idle: idleWorkers, waiting: pendingTasks };
    },

    async stop() {
      clearInterval(looking);
      await pool.terminate(true, STOP_MS).catch(() => undefined);
    },
  };
}

function failureOf({ code, cause }: { code: FailureCode; cause: string }): ImageFailure {
  const details = cause === '' ? {} : { cause: new Error(cause) };
  // Like a failed `put`: the image waits, without using up a try, until there is room.
  const waits = code === 'storage_failed' ? { countsAsTry: false, retryAfterMs: 5_000 } : {};
  return new ImageFailure(code, { ...details, ...waits });
}

/** An error of the file system means our own disk. */
function storageFailed(error: unknown): never {
  if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  throw failureOf({ code: 'storage_failed', cause: (error as Error).message });
}

const CLOSED = 'ERR_IPC_CHANNEL_CLOSED';

/** The process died between two images (somebody killed it): the image has not been looked at. */
function wasIdle(error: unknown): boolean {
  const { message, cause } = error as Error;
  // The pool's own sentence where it has heard of the end; before that, sending fails.
  return message === 'Worker is terminated' || (cause as NodeJS.ErrnoException | undefined)?.code === CLOSED;
}

/** What ended the process. SIGKILL comes from its own watch over its memory, or from the kernel that runs out of it. */
function lossOf(error: unknown): DecoderLoss {
  if (error instanceof workerpool.Promise.TimeoutError) return 'time_limit';
  return (error as Error).message.includes('signalCode: `SIGKILL`') ? 'memory' : 'crash';
}

/** The process was ended, or ended itself, with the image in its hands. */
function lostTask(cause: unknown): ImageFailure {
  const late = cause instanceof workerpool.Promise.TimeoutError;
  return late
    ? new ImageFailure('timed_out', { stage: 'decode', retry: false, cause })
    : new ImageFailure('decoder_crashed', { cause });
}

/**
 * Where our packages really lie: beside us, around us when we are a package ourselves, or elsewhere behind a link. The
 * outermost folder of that name, as pnpm spreads them over folders of their own below it.
 */
function modulesFolder(): string {
  const sharp = createRequire(import.meta.url).resolve('sharp');
  const folder = `${sep}node_modules${sep}`;
  return sharp.slice(0, sharp.indexOf(folder) + folder.length - 1);
}
