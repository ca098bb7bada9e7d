import { readFileSync } from 'node:fs';
import { recompressJpeg } from '../../jpeg/recompress.ts';
import type { Context } from '../context.ts';
import { hasGainMap } from '../formats/jpeg-segments.ts';
import { isSrgb } from '../srgb-profile.ts';

/**
 * A JPEG that stays one, of its size, need not go through pixels: a third of the CPU. The requantizer takes only what is
 * well-formed and usual; everything else goes on to the decoder, which judges it.
 */
export function requantizeJpeg(context: Context): void {
  const { formatIn, input, limits } = context;
  const { format, scale, effort, quality } = context.options;
  const staysJpeg = formatIn === 'jpeg' && (format === 'same' || format === 'jpeg');
  if (!staysJpeg || scale !== 100 || effort !== 'fast') return;
  const file = readFileSync(input);
  const recompressed = recompressJpeg(file, { quality, maxPixels: limits.pixels, isSrgb });
  if (!recompressed) return;
  const { bytes, width, height, orientation } = recompressed;
  context.encoded = bytes;
  const stored = { frames: 1, alpha: false, grey: false, srgb: false, deep: false, deepProfile: false };
  context.source = { width, height, orientation, ...stored, gainMap: hasGainMap(file) };
}
