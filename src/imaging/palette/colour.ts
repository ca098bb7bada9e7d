/**
 * A picture of colours, each one number: red in the lowest 8 bits, then green, blue and alpha, as RGBA lies in memory, and
 * 0 where nothing shows. With a sign: V8 needs memory of its own for larger numbers.
 */
export interface Pixels {
  data: Int32Array;
  width: number;
  height: number;
}

export const OPAQUE = 255;

/** What shows of a colour: each channel times its alpha. Where two of these are alike, so are the colours on any ground. */
export function shown(colour: number): number {
  const alpha = colour >>> 24;
  if (alpha === OPAQUE || alpha === 0) return colour;
  const red = Math.round(((colour & 255) * alpha) / OPAQUE);
  const green = Math.round((((colour >>> 8) & 255) * alpha) / OPAQUE);
  const blue = Math.round((((colour >>> 16) & 255) * alpha) / OPAQUE);
  return red | (green << 8) | (blue << 16) | (alpha << 24);
}

/** The largest difference in a channel. */
export function distance(a: number, b: number): number {
  return Math.max(
    Math.abs((a & 255) - (b & 255)),
    Math.abs(((a >>> 8) & 255) - ((b >>> 8) & 255)),
    Math.abs(((a >>> 16) & 255) - ((b >>> 16) & 255)),
    Math.abs((a >>> 24) - (b >>> 24)),
  );
}

/** Nobody sees a level more or less. */
export const ALIKE = 1;
