/**
 * The program of a decoder process, which compresses one image at a time and does nothing else. Its native code reads
 * hostile bytes, so it may die at any moment; its parent loses no more than that image.
 */
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { devNull } from 'node:os';
import sharp from 'sharp';
import { ImageFailure } from '../../domain/failure.ts';
import { compressImage } from '../compress-image.ts';
import { LOADER_OPERATIONS } from '../formats/index.ts';
import { CAUSE_CHARACTERS, type DecoderAnswer } from './answer.ts';
import { asLine, CHANNEL, type Ready, readLines } from './channel.ts';
import { INPUTS, OUTPUTS } from './folder.ts';
import type { DecoderTask } from './pool.ts';
import { stepBack } from './session.ts';
import { becomeNobody, MAY_STAY_ROOT } from './user.ts';

/** How often the memory is measured while an image is compressed. */
const WATCH_MS = 25;

stepBack();
// libvips knows dozens of loaders, each a way in for hostile bytes: only those of our formats are let through.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADER_OPERATIONS });
// One thread an image and no memory of the last one: the processes are the parallelism.
sharp.concurrency(1);
sharp.cache(false);

async function compress({ input, output, options, limits }: DecoderTask): Promise<DecoderAnswer> {
  if (stillRoot !== undefined && !process.argv.includes(MAY_STAY_ROOT)) throw new Error(stillRoot);
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > limits.decoderBytes) process.kill(process.pid, 'SIGKILL');
  }, WATCH_MS);
  try {
    return { result: await compressImage(input, output, options, limits) };
  } catch (error) {
    // Errors lose their class on the way to the parent, so the code goes by itself.
    const { code, cause, found } = asFailure(error);
    return {
      failure: { code, cause: String((cause as Error | undefined)?.message ?? '').slice(0, CAUSE_CHARACTERS), found },
    };
  } finally {
    clearInterval(watch);
  }
}

function asFailure(error: unknown): ImageFailure {
  if (error instanceof ImageFailure) return error;
  // Errors of the file system name a system call; they mean our own disk, not the image.
  const ours = (error as NodeJS.ErrnoException).syscall !== undefined;
  return new ImageFailure(ours ? 'storage_failed' : 'corrupt_image', { cause: error });
}

/** Why this process still has the rights of root; undefined where it has not. */
const stillRoot = becomeNobody([INPUTS, OUTPUTS]);

// The native libraries print a warning for every damaged file. And code that takes this process over must not reach the
// terminal or the log of whoever started Pixmill.
for (const descriptor of [0, 1, 2]) {
  closeSync(descriptor);
  openSync(devNull, 'w');
}

/** The parent alone writes to it: its lines are believed. */
const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
// The parent is gone, so nobody waits for this image any more.
const leave = () => process.kill(process.pid, 'SIGKILL');
channel.on('end', leave).on('error', leave);
const say = (message: object) => channel.write(asLine(message));
readLines(
  channel,
  async (task) => {
    say({ begun: true });
    say({ answer: await compress(task as DecoderTask) });
  },
  leave,
);
say({ stillRoot: stillRoot ?? null } satisfies Ready);
