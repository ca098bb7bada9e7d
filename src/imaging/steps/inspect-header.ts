import { ImageFailure } from '../../domain/failure.ts';
import type { Context } from '../context.ts';
import { orCorrupt } from '../corrupt-image.ts';
import { CODECS } from '../formats/index.ts';

/**
 * Reads what the header says and holds it against the limits, before anything is decoded. A JPEG that is finished has been
 * through that.
 * @throws ImageFailure `too_many_pixels`, `corrupt_image`
 */
export async function inspectHeader(context: Context): Promise<void> {
  if (context.encoded) return;
  const { formatIn, input, limits } = context;
  const source = await orCorrupt(() => CODECS[formatIn].loader.inspect(input));
  const { width, height, frames } = source;
  if (width * height * frames > limits.pixels || frames > limits.frames) throw new ImageFailure('too_many_pixels');
  context.source = source;
}
