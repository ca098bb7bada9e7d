import { FORMATS } from '../../domain/formats.ts';
import type { Context } from '../context.ts';
import { moves } from './note-changes.ts';

/** Chooses the frames of the result, and whether the upload itself could be the result. */
export function chooseFrames(context: Context): void {
  const { source, formatIn, formatOut } = context;
  context.isAnimated = source.frames > 1 && FORMATS[formatOut].motion;
  context.mayKeepOriginal = context.options.scale === 100 && formatOut === formatIn && source.orientation === 1;
  // Encoded anew it would lose all frames but the first.
  context.mustKeepOriginal = context.mayKeepOriginal && moves(context) && !context.isAnimated;
}
