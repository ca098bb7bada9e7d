import { FORMATS } from '../../domain/formats.ts';
import type { Context } from '../context.ts';
import { CODECS } from '../formats/index.ts';

/** Chooses the size and the frames of the result, and whether the upload itself could be it. */
export async function chooseSize(context: Context): Promise<void> {
  const { source, formatIn, formatOut, input } = context;
  const { scale } = context.options;
  context.width = scaled(source.width, scale);
  context.height = scaled(source.height, scale);
  context.isAnimated = source.frames > 1 && FORMATS[formatOut].motion;
  context.mayKeepOriginal = scale === 100 && formatOut === formatIn && source.orientation === 1;
  // Encoded anew it would lose all frames but the first.
  context.mustKeepOriginal = context.mayKeepOriginal && (await CODECS[formatIn].hasUnreadFrames?.(input)) === true;
}

function scaled(size: number, percent: number): number {
  return Math.max(1, Math.round((size * percent) / 100));
}
