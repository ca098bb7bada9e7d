import type { Context } from '../context.ts';

/** Turns the picture upright. Viewers ignore the orientation of animations, and libvips cannot turn several frames. */
export function orient(context: Context): void {
  if (!context.isAnimated) context.image = context.image.autoOrient();
}
