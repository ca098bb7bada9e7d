import type { Sharp } from 'sharp';
import type { Pixels } from './colour.ts';

/** Decodes a picture, with all that is to be done to it. */
export async function readPixels(image: Sharp): Promise<Pixels> {
  const { data: bytes, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const data = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / Int32Array.BYTES_PER_ELEMENT);
  // Whatever colour nothing has.
  for (let at = 0; at < data.length; at++) if ((data[at] as number) >>> 24 === 0) data[at] = 0;
  return { data, width: info.width, height: info.height };
}
