import type { Sharp } from 'sharp';
import { FORMATS } from '../../domain/formats.ts';
import type { Context } from '../context.ts';
import { orCorrupt } from '../corrupt-image.ts';
import type { Encoder, EncodeTarget } from '../formats/codec.ts';
import { CODECS } from '../formats/index.ts';

/**
 * Drawings, logos and screenshots take fewer bytes without any loss than with a palette that has to be dithered. Whether a
 * picture is one of these is told by its upload: without loss, it has at most so many times the bytes of the result.
 */
const FLAT = 2;

/** Decodes, applies all that the steps before asked for, and writes the result; damage shows here. */
export async function encode(context: Context): Promise<void> {
  const { image, formatOut, width, height, source, isAnimated } = context;
  const { quality, effort } = context.options;
  const target = { quality, effort, pixels: width * height * (isAnimated ? source.frames : 1) };
  const { encoder } = CODECS[formatOut];
  context.encoded = await orCorrupt(() => encodeSmallest(encoder, image, target, losslessBytes(context)));
}

/** With `small`, tries every way that may turn out the smallest. */
async function encodeSmallest(
  { encode, alternatives }: Encoder,
  image: Sharp,
  target: EncodeTarget,
  losslessBytes: number,
): Promise<Buffer> {
  let smallest = await encode(image.clone(), target);
  if (target.effort === 'fast') return smallest;
  const isFlat = losslessBytes < smallest.length * FLAT;
  // One after the other: a decoder has memory for one image.
  for (const alternative of alternatives(target, isFlat)) {
    const bytes = await alternative(image.clone(), target);
    if (bytes.length <= smallest.length) smallest = bytes;
  }
  return smallest;
}

/** What the picture takes without loss, as far as its upload tells. */
function losslessBytes({ formatIn, source, options, bytesIn }: Context): number {
  const isWhole = source.frames === 1 && options.scale === 100;
  return FORMATS[formatIn].lossless && isWhole ? bytesIn : Number.POSITIVE_INFINITY;
}
