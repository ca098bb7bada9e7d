import { ImageFailure } from '../domain/failure.ts';

/**
 * Does what only a damaged file can make fail: decoding and encoding, without reading or writing files of ours.
 * @throws ImageFailure `corrupt_image`
 */
export async function orCorrupt<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // Whoever knows better than that it is damaged has said so.
    if (cause instanceof ImageFailure) throw cause;
    throw new ImageFailure('corrupt_image', { cause });
  }
}
