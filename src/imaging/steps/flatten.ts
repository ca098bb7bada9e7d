import { FORMATS } from '../../domain/formats.ts';
import { opaqueBackground } from '../background.ts';
import type { Context } from '../context.ts';

/** Puts the picture on its background where the format of the result cannot be transparent. */
export function flatten(context: Context): void {
  const background = opaqueBackground(context.options);
  if (!FORMATS[context.formatOut].alpha) context.image = context.image.flatten({ background });
}
