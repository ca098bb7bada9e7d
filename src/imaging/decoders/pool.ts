import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import { extname, join, sep } from 'node:path';
import type { Logger } from 'pino';
import { ImageFailure, notTaken, tooManyPixels } from '../../domain/failure.ts';
import type { ImageResult } from '../../domain/image.ts';
import type { Limits } from '../../domain/limits.ts';
import { type Options, pictureOptions } from '../../domain/options.ts';
import type { DecoderLoss } from '../../pipeline/ports/pipeline-observer.ts';
import { type DecoderFailure, readAnswer } from './answer.ts';
import { type Decoder, DecoderLost, startDecoder } from './decoder.ts';
import { createDecoderFolder, INPUTS, OUTPUTS } from './folder.ts';
import { AUTOGROUP, hasTerminal, OWN_SESSION } from './session.ts';
import { DecodersUnsafe } from './unsafe.ts';
import { isRoot, MAY_STAY_ROOT } from './user.ts';
import { createWaitingImages } from './waiting-images.ts';

type DecoderLimits = Pick<Limits, 'pixels' | 'frames' | 'decoderBytes'>;

/** One image as a decoder process gets it. */
export interface DecoderTask {
  /** Paths as decoders use them. */
  input: string;
  output: string;
  options: Options;
  limits: DecoderLimits;
}

export interface DecoderSettings {
  processes: number;
  limits: DecoderLimits & Pick<Limits, 'decodeMs'>;
  /** For the files that decoders read and write; only this user may enter it. `ensure` makes it again where it is gone. */
  workFolder: { path: string; ensure(): void };
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
   * @param customer whose image it is: decoders are shared among customers
   * @throws ImageFailure
   */
  compress(input: string, output: string, options: Options, customer: string): Promise<ImageResult>;
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

/** Pause before a process is started again that could not be started. */
const RESTART_MS = 1_000;

interface WaitingImage {
  customer: string;
  task: DecoderTask;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Starts processes that decode and encode one image at a time each, so that a crash costs one image and no more. */
export function createDecoderPool(settings: DecoderSettings): DecoderPool {
  const { processes, limits, workFolder, mayStayRoot, log, onLost } = settings;
  const modules = modulesFolder();
  const folder = createDecoderFolder(workFolder.path, isRoot());
  const ownSession = isRoot() && hasTerminal();
  const { decodeMs, ...decoderLimits } = limits;
  const program = {
    path: PROGRAM,
    programArguments: [...(mayStayRoot ? [MAY_STAY_ROOT] : []), ...(ownSession ? [OWN_SESSION] : [])],
    // They start in this folder and load the program with the rights of this process, and give these up afterwards: the
    // folders above, and the program, may be closed to other users.
    // Nothing of the environment of this process, which may hold secrets.
    options: { cwd: folder.path, detached: ownSession, env: ALLOCATOR },
    nodeArguments: [
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
    decodeMs,
  };

  const waiting = createWaitingImages<WaitingImage>(processes);
  const running = new Set<Decoder>();
  const idle: Decoder[] = [];
  const firstReady = Promise.withResolvers<string | null>();
  firstReady.promise.catch(() => undefined);
  let stopping = false;

  function start(): void {
    const decoder = startDecoder(program);
    running.add(decoder);
    let pause = 0;
    decoder.ready.then(
      ({ stillRoot }) => {
        firstReady.resolve(stillRoot);
        idle.push(decoder);
        handOut();
      },
      (error) => {
        firstReady.reject(error);
        pause = RESTART_MS;
      },
    );
    decoder.ended.then(() => {
      running.delete(decoder);
      const place = idle.indexOf(decoder);
      if (place !== -1) {
        idle.splice(place, 1);
        if (!stopping) onLost?.('idle');
      }
      if (stopping) return;
      if (pause === 0) start();
      else setTimeout(() => stopping || start(), pause).unref();
    });
  }

  function handOut(): void {
    while (idle.length > 0) {
      const image = waiting.next();
      if (!image) return;
      const decoder = idle.shift() as Decoder;
      decoder
        .decode(image.task)
        .then((answer) => {
          idle.push(decoder);
          image.resolve(answer);
        }, image.reject)
        .finally(() => {
          waiting.left(image);
          handOut();
        });
    }
  }

  const decode = (task: DecoderTask, customer: string) =>
    new Promise<unknown>((resolve, reject) => {
      if (stopping) return reject(new DecoderLost('crash', 'the decoders are stopped'));
      waiting.add({ customer, task, resolve, reject });
      handOut();
    });

  /** A process that died between two images has not looked at the next one: that goes to another. */
  async function decodeOnLiving(task: DecoderTask, customer: string): Promise<unknown> {
    for (let dead = 0; ; dead++) {
      try {
        return await decode(task, customer);
      } catch (error) {
        const { reason } = error as DecoderLost;
        onLost?.(reason);
        if (reason !== 'idle' || dead === processes) throw lostImage(error as DecoderLost);
      }
    }
  }

  for (let count = 0; count < processes; count++) start();

  /** A process whose folder was removed stays in the old one, where it finds nothing: all are started again in a new one. */
  function ensureFolder(): void {
    workFolder.ensure();
    if (!folder.ensure()) return;
    log.error(
      `The folder ${folder.path} was removed while it was in use. It is made again, and its images are tried again.`,
    );
    for (const decoder of running) decoder.end('idle');
  }

  return {
    async ready() {
      const timer = setTimeout(() => firstReady.reject(new Error('no process was ready in time')), START_MS);
      const stillRoot = await firstReady.promise
        .catch((cause) => {
          throw new Error('The processes that decode images cannot be started.', { cause });
        })
        .finally(() => clearTimeout(timer));
      if (stillRoot === null) return;
      if (!mayStayRoot) throw new DecodersUnsafe(stillRoot);
      log.warn(`Images are decoded with the rights of root: ${stillRoot}.`);
    },

    inputFile() {
      ensureFolder();
      return folder.inputFile();
    },

    async compress(input, output, options, customer) {
      ensureFolder();
      const file = await folder.newOutput().catch(storageFailed);
      try {
        const task = {
          input: folder.openInput(input),
          output: file.name,
          options: pictureOptions(options),
          limits: decoderLimits,
        };
        const answer = readAnswer(await decodeOnLiving(task, customer), limits.decoderBytes);
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
      return { busy: running.size - idle.length, idle: idle.length, waiting: waiting.size };
    },

    async stop() {
      stopping = true;
      for (const { reject } of waiting.clear()) reject(new DecoderLost('crash', 'the decoders are stopped'));
      for (const decoder of running) decoder.end();
      await Promise.all([...running].map(({ ended }) => ended));
    },
  };
}

/** The word of a decoder process is a code; what the shop owner reads is made here. */
function failureOf({ code, cause, found }: DecoderFailure, limits: Pick<Limits, 'pixels' | 'frames'>): ImageFailure {
  if (code === 'too_many_pixels') return tooManyPixels(limits);
  const details = cause === '' ? {} : { cause: new Error(cause) };
  if (found && (code === 'unsupported_format' || code === 'not_an_image')) return notTaken(code, found, details);
  return new ImageFailure(code, details);
}

/** An error of the file system means our own disk. */
function storageFailed(error: unknown): never {
  if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  throw new ImageFailure('storage_failed', { cause: error });
}

/** The failure of an image whose process ended, or was ended, while it was compressed. */
function lostImage(cause: DecoderLost): ImageFailure {
  return cause.reason === 'time_limit'
    ? // Another try may find the machine less busy.
      new ImageFailure('timed_out', { stage: 'decode', cause })
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
