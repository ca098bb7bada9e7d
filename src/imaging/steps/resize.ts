import type { Context } from '../context.ts';

/** Brings the picture to the size of the result, unless it was decoded at that size. */
export function resize(context: Context): void {
  const { width, height, halved } = context;
  if (context.options.scale === 100 || halved) return;
  context.image = context.image.resize({ width, height, fit: 'fill' });
}
