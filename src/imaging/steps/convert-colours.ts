import { convertCmyk } from '../colour/convert-cmyk.ts';
import { convertSamples } from '../colour/convert-samples.ts';
import type { Context } from '../context.ts';
import { orCorrupt } from '../corrupt-image.ts';

/** Brings all colours to sRGB, which is what browsers take a picture without a profile for. Grey stays one channel. */
export async function convertColours(context: Context): Promise<void> {
  const { grey, deep, deepProfile, correction } = context.source;
  const { image } = context;
  if (correction?.ink) context.image = await orCorrupt(() => convertCmyk(image));
  else if (correction) context.image = await orCorrupt(() => convertSamples(image, deep, correction));
  const space = grey ? 'b-w' : 'srgb';
  // Of more than 8 bits a channel sharp makes Display P3 instead of sRGB, and it does not apply the profile of grey.
  if (deepProfile) context.image = context.image.pipelineColourspace(space);
  context.image = context.image.toColourspace(space);
}
