import type { Context } from '../context.ts';

/** Chooses the size of the result: so many per cent of what the upload shows. */
export function chooseSize(context: Context): void {
  const { width, height } = context.source;
  const { scale } = context.options;
  context.width = scaled(width, scale);
  context.height = scaled(height, scale);
}

function scaled(size: number, percent: number): number {
  return Math.max(1, Math.round((size * percent) / 100));
}
