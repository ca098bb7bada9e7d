import sharp from 'sharp';
import type { Context } from '../context.ts';

/** Brings the picture to the size of the result, unless it was decoded at that size; with `fit=cover` cuts it. */
export function resize(context: Context): void {
  const { image, width, height, inner, decoded, isAnimated, options } = context;
  const isCut = options.fit === 'cover' && (width !== inner.width || height !== inner.height);
  if (isCut) {
    // What is interesting may move, and every frame is cut alike.
    const position = isAnimated ? 'centre' : sharp.strategy.attention;
    context.image = image.resize({ width, height, fit: 'cover', position });
  } else if (inner.width !== decoded.width || inner.height !== decoded.height) {
    context.image = image.resize({ ...inner, fit: 'fill' });
  }
}
