import { unlink } from 'node:fs/promises';
import { ImageFailure } from '../domain/failure.ts';
import { type ImageResult, imageKey, pictureUrl, type Settlement } from '../domain/image.ts';
import type { Options } from '../domain/options.ts';
import { retryDelayMs } from '../domain/retry.ts';
import { directUrl } from '../domain/share-links.ts';
import type { PipelineObserver } from './ports/pipeline-observer.ts';
import type { ImageStorage } from './ports/storage.ts';
import type { PendingImage, Shard } from './ports/store.ts';

export interface ImageTools {
  /** Streams what is behind a link into a new file. @throws ImageFailure; there is no file then */
  download(url: URL, file: string, image: PendingImage & Pick<Shard, 'owner'>, signal: AbortSignal): Promise<void>;
  /** Writes the compressed picture of one file into a new one. @throws ImageFailure */
  compress(input: string, output: string, options: Options): Promise<ImageResult>;
  storage: Pick<ImageStorage, 'put'>;
  /** A path for a new file that `compress` can read. */
  inputFile(): string;
  /** A path for a temporary file that nobody else uses. */
  temporaryFile(): string;
  /** Tries in all that an image gets. */
  tries: number;
  now(): number;
  /** 0 to 1. */
  random(): number;
  watch: Pick<PipelineObserver, 'failed'>;
}

/** What one try came to, and how many tries have been used with it. */
export interface Tried {
  settlement: Settlement;
  attempts: number;
}

/**
 * One image from its link to the storage: address, download, decode and encode, store.
 * Never throws for the image's sake: every failure becomes a settlement, or a later try.
 * @throws the signal's reason when it is aborted; the image then stays as it was
 */
export async function processImage(
  image: PendingImage,
  shard: Shard,
  tools: ImageTools,
  signal: AbortSignal,
): Promise<Tried> {
  const source = tools.inputFile();
  const target = tools.temporaryFile();
  const left = new Set<string>();
  const attempts = image.attempts + 1;
  try {
    const url = pictureUrl(image.inputUrl);
    if (!url) throw new ImageFailure('invalid_url');
    await tools.download(directUrl(url), source, { ...image, owner: shard.owner }, signal);
    left.add(source).add(target);
    const result = await tools.compress(source, target, shard.options);
    const product = { row: image.row, name: image.productName };
    const key = imageKey(shard.secret, product, image.position, result.formatOut);
    await store(tools, key, target);
    left.delete(target);
    return { settlement: { kind: 'done', key, ...result }, attempts };
  } catch (error) {
    signal.throwIfAborted();
    const failure = asFailure(error);
    tools.watch.failed(image, shard, failure);
    return afterFailure(failure, image, tools);
  } finally {
    await Promise.all([...left].map(removeFile));
  }
}

/** Where it was never made nothing is left to do. */
async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function store(tools: ImageTools, key: string, file: string): Promise<void> {
  try {
    await tools.storage.put(key, file);
  } catch (cause) {
    // Not the image's fault: it waits, without using up a try, until the storage works again.
    throw new ImageFailure('storage_failed', { cause, countsAsTry: false, retryAfterMs: 5_000 });
  }
}

function asFailure(error: unknown): ImageFailure {
  return error instanceof ImageFailure ? error : new ImageFailure('internal_error', { cause: error });
}

function afterFailure(failure: ImageFailure, image: PendingImage, tools: ImageTools): Tried {
  const attempts = image.attempts + (failure.countsAsTry ? 1 : 0);
  if (failure.retry && attempts < tools.tries) {
    const pause = failure.retryAfterMs ?? retryDelayMs(Math.max(attempts, 1), tools.random());
    return { settlement: { kind: 'later', retryAt: tools.now() + pause }, attempts };
  }
  const { code, stage, message } = failure;
  return { settlement: { kind: 'failed', code, stage, message, bytesIn: null }, attempts: Math.max(attempts, 1) };
}
