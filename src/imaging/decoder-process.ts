/**
 * The program of a decoder process: one image at a time, nothing else. It loads native code that reads bytes of
 * strangers, so it may die at any moment; its parent loses no more than that image.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import sharp from 'sharp';
import workerpool from 'workerpool';
import { ImageFailure } from '../domain/failure.ts';
import type { Options } from '../domain/options.ts';
import { compressImage } from './compress-image.ts';
import type { DecoderAnswer, DecoderLimits } from './decoder-pool.ts';

/** How often the memory is looked at while an image is worked on. */
const WATCH_MS = 25;

/** The loaders for the formats that are sniffed; libvips knows dozens more, each a way in. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`);

/** How libvips and Node say that our own disk has no room: nothing that the image is to blame for. */
const DISK_FULL = /no space left|ENOSPC|EDQUOT|quota exceeded/i;

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS });
// One thread an image and no memory of the last one: the processes are the parallelism.
sharp.concurrency(1);
sharp.cache(false);

// The parent is gone: nobody waits for this image any more.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function compress(
  input: string,
  output: string,
  options: Options,
  limits: DecoderLimits,
): Promise<DecoderAnswer> {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > limits.decoderBytes) process.kill(process.pid, 'SIGKILL');
  }, WATCH_MS);
  try {
    return { result: await compressImage(input, output, options, limits) };
  } catch (error) {
    const failure = error instanceof ImageFailure ? error : new ImageFailure('corrupt_image', { cause: error });
    const cause = String((failure.cause as Error | undefined)?.message ?? '');
    // Errors lose their class on the way to the parent.
    return { failure: { code: DISK_FULL.test(cause) ? 'storage_failed' : failure.code, cause } };
  } finally {
    clearInterval(watch);
  }
}

// From here on standard error leads nowhere: the native libraries complain there about every hostile file.
closeSync(2);
openSync(devNull, 'w');

workerpool.worker({ compress, ready: () => true });
