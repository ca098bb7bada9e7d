import { FORMATS } from '../../domain/formats.ts';
import type { Context } from '../context.ts';

/** Puts the picture on white where the format of the result cannot be transparent. */
export function flatten(context: Context): void {
  if (!FORMATS[context.formatOut].alpha) context.image = context.image.flatten({ background: '#ffffff' });
}
