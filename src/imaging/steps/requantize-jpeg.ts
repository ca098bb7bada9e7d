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
  const { formatIn, input, limits, encoded, tooLarge } = context;
  const { format, effort, quality, max_bytes = Number.POSITIVE_INFINITY } = context.options;
  const staysJpeg = formatIn === 'jpeg' && (format === 'same' || format === 'jpeg');
  if (!staysJpeg || effort !== 'fast' || encoded || tooLarge || !keepsSize(context)) return;
  const file = readFileSync(input);
  const recompressed = recompressJpeg(file, { quality, maxPixels: limits.pixels, isSrgb });
  if (!recompressed) return;
  const { bytes, width, height, orientation } = recompressed;
  if (bytes.length > max_bytes) {
    context.tooLarge = { quality, bytes: bytes.length };
    return;
  }
  context.encoded = bytes;
  const stored = { frames: 1, alpha: false, grey: false, srgb: false, deep: false, deepProfile: false };
  context.source ??= { width, height, orientation, ...stored, gainMap: hasGainMap(file) };
}

/** Whether that is known; where a largest width or height is given, only after the header was read. */
function keepsSize(context: Context): boolean {
  const { scale, max_width, max_height } = context.options;
  const isSized = max_width !== undefined || max_height !== undefined;
  // The other time when it is called, the question was, or will be, answered.
  if (isSized !== (context.source !== undefined)) return false;
  return scale === 100 && (!isSized || context.isWhole);
}
