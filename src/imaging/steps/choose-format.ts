import { FORMATS, isWritten, type WrittenFormat } from '../../domain/formats.ts';
import type { Context } from '../context.ts';

/** Chooses the format of the result: the one that was asked for, or with `same` that of the upload. */
export function chooseFormat(context: Context): void {
  const { format } = context.options;
  context.formatOut = format === 'same' ? sameFormat(context) : format;
}

/** A format that is not written becomes one that shows everywhere. */
function sameFormat({ formatIn, source }: Context): WrittenFormat {
  const { becomes = 'jpeg' } = FORMATS[formatIn];
  if (isWritten(formatIn)) return formatIn;
  return source.alpha ? 'png' : becomes;
}
