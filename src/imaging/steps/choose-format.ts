import { FORMATS, isWritten, type WrittenFormat } from '../../domain/formats.ts';
import type { Context } from '../context.ts';

/**
 * Chooses the format of the result: the one that was asked for, or with `same` that of the upload. Where that cannot hold so
 * many pixels in a row, as WebP more than 16,383, the nearest one that can: that of the upload goes first.
 */
export function chooseFormat(context: Context): void {
  const { source, formatIn, width, height } = context;
  const { format } = context.options;
  const wanted = format === 'same' ? sameFormat(context) : format;
  const own: WrittenFormat[] = isWritten(formatIn) ? [formatIn] : [];
  const moving: WrittenFormat[] = source.frames > 1 ? ['gif'] : [];
  const nearest: WrittenFormat[] = [...own, ...moving, ...(source.alpha ? [] : (['jpeg'] as const)), 'png'];
  const holds = (candidate: WrittenFormat) => Math.max(width, height) <= FORMATS[candidate].longestSide;
  context.formatOut = [wanted, ...nearest].find(holds) ?? wanted;
}

/** A format that is not written becomes one that shows everywhere. */
function sameFormat({ formatIn, source }: Context): WrittenFormat {
  const { becomes = 'jpeg' } = FORMATS[formatIn];
  if (isWritten(formatIn)) return formatIn;
  return source.alpha ? 'png' : becomes;
}
