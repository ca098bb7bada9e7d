import type { Context } from '../context.ts';
import { orCorrupt } from '../corrupt-image.ts';
import { CODECS } from '../formats/index.ts';

/** Opens the upload for decoding; at a fraction of its size where the loader can and that is the wanted size. */
export async function open(context: Context): Promise<void> {
  const { input, source, inner, isAnimated } = context;
  const { loader } = CODECS[context.formatIn];
  // Half of an odd number of pixels would have to be stretched.
  const isExact = (shrink: number) => inner.width * shrink === source.width && inner.height * shrink === source.height;
  const { endMissing = false } = source;
  context.shrink = (loader.canShrink && !endMissing && ([2, 4, 8] as const).find(isExact)) || 1;
  const { shrink } = context;
  context.decoded = { width: source.width / shrink, height: source.height / shrink };
  // To calculate sRGB from sRGB would take as long as to decode.
  const how = { animated: isAnimated, ignoreProfile: source.srgb, shrink, endMissing };
  context.image = await orCorrupt(() => loader.open(input, how));
}
