import type { Context } from '../context.ts';
import { orCorrupt } from '../corrupt-image.ts';
import { CODECS } from '../formats/index.ts';

/** Opens the upload for decoding; at half its size where the loader can and that is the size of the result. */
export async function open(context: Context): Promise<void> {
  const { input, source, width, height, isAnimated } = context;
  const { loader } = CODECS[context.formatIn];
  // Half of an odd number of pixels would have to be stretched.
  const isHalf = context.options.scale === 50 && width * 2 === source.width && height * 2 === source.height;
  const { endMissing = false } = source;
  context.halved = isHalf && loader.canHalve && !endMissing;
  const { halved } = context;
  // To calculate sRGB from sRGB would take as long as to decode.
  const how = { animated: isAnimated, ignoreProfile: source.srgb, halved, endMissing };
  context.image = await orCorrupt(() => loader.open(input, how));
}
