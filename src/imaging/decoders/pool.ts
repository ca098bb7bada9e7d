import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { extname, join, sep } from 'node:path';
import type { Logger } from 'pino';
import workerpool from 'workerpool';
import type { FailureCode } from '../../domain/catalogues/failures.ts';
import { ImageFailure, tooManyPixels } from '../../domain/failure.ts';
import type { ImageResult } from '../../domain/image.ts';
import type { Limits } from '../../domain/limits.ts';
import { type Options, pictureOptions } from '../../domain/options.ts';
import type { DecoderLoss } from '../../pipeline/ports/pipeline-observer.ts';
import { readAnswer } from './answer.ts';
import { createDecoderFolder, INPUTS, OUTPUTS } from './folder.ts';
import { AUTOGROUP, hasTerminal, OWN_SESSION } from './session.ts';
import { DecodersUnsafe } from './unsafe.ts';
import { isRoot, MAY_STAY_ROOT } from './user.ts';

export type DecoderLimits = Pick<Limits, 'pixels' | 'frames' | 'decoderBytes'>;

export interface DecoderSettings {
  processes: number;
  limits: DecoderLimits & Pick<Limits, 'decodeMs'>;
  /** For the files that decoders read and write; exists already, and only this user may enter it. */
  workDir: string;
  /** Whether decoders may run as root where this process does and they cannot give that up. */
  mayStayRoot: boolean;
  log: Logger;
  /** Called when a process has ended; another one takes its place. */
  onLost?(reason: DecoderLoss): void;
}

export interface DecoderPool {
  /** Returns when a process has started. @throws DecodersUnsafe; Error where none can start */
  ready(): Promise<void>;
  /** A path for a new file that `compress` is to read. */
  inputFile(): string;
  /**
   * Compresses one file into a new one.
   * @param input has a path of `inputFile`
   * @param output any path; a part of the file may be there even when this throws
   * @throws ImageFailure
   */
  compress(input: string, output: string, options: Options): Promise<ImageResult>;
  /** How many processes have an image, how many have none, and how many images wait. */
  load(): { busy: number; idle: number; waiting: number };
  /** Ends all processes; the images in their hands fail. */
  stop(): Promise<void>;
}

/** With the extension of this file: `.ts` in a clone, `.js` in the package. */
const PROGRAM = join(import.meta.dirname, `decoder-process${extname(import.meta.filename)}`);
const SOURCE = join(import.meta.dirname, '../..');

/**
 * Settings of glibc, which otherwise keeps freed memory, the more of it the larger the pictures were. With two arenas, and
 * with buffers above 4 MB given back at once, a decoder stays at 135 MB instead of 200, for 2 % of the CPU.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '4000000', MALLOC_TRIM_THRESHOLD_: '4000000' };

/** Longest wait for the start of a process, on a busy machine. */
const START_MS = 30_000;

/** A process that is told to end gets this long, twice, before it is killed: native code does not handle messages. */
const TERMINATE_MS = 100;

/**
 * Longest wait for the end of all processes. workerpool does not notice that an idle process died, and would wait for its
 * end for ever.
 */
const STOP_MS = 2_000;

/** How often waiting images are checked for after a process was lost, until none waits. */
const LOOK_MS = 100;

/** Starts processes that decode and encode one image at a time each, so that a crash costs one image and no more. */
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
      // They start in this folder and load the program with the rights of this process, and give these up afterwards: the
      // folders above, and the program, may be closed to other users.
      cwd: folder.path,
      detached: ownSession,
      // Nothing of the environment of this process, which may hold secrets.
      env: ALLOCATOR,
      execArgv: [
        // The little JavaScript of a decoder makes little garbage; by default the heap would grow to 150 MB before it is
        // collected.
        '--max-semi-space-size=1',
        // A second wall, for JavaScript only: native code is not bound by it.
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

  /** workerpool notices that an idle process died only when it hands it an image: that image goes to the next process. */
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
   * workerpool hands out waiting tasks only when a task is added or ends. Where the processes of all running tasks die, their
   * successors would stay idle beside a full queue: a task that does nothing wakes them.
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
        if ('failure' in answer) throw failureOf(answer.failure, limits);
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

/** The word of a decoder process is a code; what the shop owner reads is made here. */
function failureOf(
  { code, cause }: { code: FailureCode; cause: string },
  limits: Pick<Limits, 'pixels' | 'frames'>,
): ImageFailure {
  if (code === 'too_many_pixels') return tooManyPixels(limits);
  return new ImageFailure(code, cause === '' ? {} : { cause: new Error(cause) });
}

/** An error of the file system means our own disk. */
function storageFailed(error: unknown): never {
  if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  throw new ImageFailure('storage_failed', { cause: error });
}

const CLOSED = 'ERR_IPC_CHANNEL_CLOSED';

/** Whether the process died between two images (somebody killed it), so that the image was not looked at. */
function wasIdle(error: unknown): boolean {
  const { message, cause } = error as Error;
  // The message of workerpool where it has noticed the end; before that, sending fails.
  return message === 'Worker is terminated' || (cause as NodeJS.ErrnoException | undefined)?.code === CLOSED;
}

/** What ended the process. SIGKILL comes from its own check of its memory, or from the kernel when memory runs out. */
function lossOf(error: unknown): DecoderLoss {
  if (error instanceof workerpool.Promise.TimeoutError) return 'time_limit';
  return (error as Error).message.includes('signalCode: `SIGKILL`') ? 'memory' : 'crash';
}

/** The failure of an image whose process ended, or was ended, while it was compressed. */
function lostTask(cause: unknown): ImageFailure {
  const late = cause instanceof workerpool.Promise.TimeoutError;
  return late
    ? new ImageFailure('timed_out', { stage: 'decode', retry: false, cause })
    : new ImageFailure('decoder_crashed', { cause });
}

/**
 * The folder where the packages really are: beside the program, around it where Pixmill is a package itself, or elsewhere
 * behind a link. It is the outermost `node_modules`, as pnpm spreads packages over folders of their own below it.
 */
function modulesFolder(): string {
  const sharp = createRequire(import.meta.url).resolve('sharp');
  const folder = `${sep}node_modules${sep}`;
  return sharp.slice(0, sharp.indexOf(folder) + folder.length - 1);
}
