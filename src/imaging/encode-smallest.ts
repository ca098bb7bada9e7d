import type { Sharp } from 'sharp';
import type { ImageFormat, Options } from '../domain/options.ts';
import { encodeAs, otherWays } from './encoders.ts';

/**
 * Drawings, logos and screenshots take fewer bytes without any loss than with a palette that has to be dithered. They may
 * where the upload, without loss, has at most so many times the bytes of the result; photos have more.
 */
const FLAT = 2;

/**
 * Writes an image; with `small` in every way that may turn out the smallest.
 * @param pixels of the result, all frames together
 * @param losslessBytes size of the upload, where that is the same picture without loss
 * @returns the smallest result
 */
export async function encodeSmallest(
  image: Sharp,
  format: ImageFormat,
  wish: Pick<Options, 'quality' | 'effort'>,
  pixels: number,
  losslessBytes: number,
): Promise<Buffer> {
  let smallest = await encodeAs(image.clone(), format, wish, pixels);
  if (wish.effort === 'fast') return smallest;
  const flat = losslessBytes < smallest.length * FLAT;
  // One after the other: a decoder has memory for one image.
  for (const way of otherWays(format, wish, pixels, flat)) {
    const bytes = await way(image.clone());
    if (bytes.length <= smallest.length) smallest = bytes;
  }
  return smallest;
}
