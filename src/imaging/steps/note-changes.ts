import { note } from '../../domain/catalogues/notes.ts';
import { FORMATS } from '../../domain/formats.ts';
import type { Context } from '../context.ts';

/** Says what the result has lost or has otherwise than was asked for, whichever step it came from. */
export function noteChanges(context: Context): void {
  const { source, formatIn, formatOut, options, isAnimated, original, encoded, bytesIn, notes } = context;
  const used = FORMATS[formatOut].title;
  const { pages = 1 } = source;
  if (source.endMissing) notes.push(note('end_missing'));
  // The brighter picture of a gain map lies behind the first one, which is all that is kept.
  if (source.gainMap) notes.push(note('hdr_removed'));
  const wanted = options.format === 'same' ? formatIn : options.format;
  if (wanted !== formatOut) notes.push(note('format_changed', { wanted: FORMATS[wanted].title, used }));
  if (original) return;
  if (source.correction?.coding?.hdr) notes.push(note('hdr_removed'));
  if (source.coloursAssumed) notes.push(note('colours_assumed'));
  if (moves(context) && !isAnimated) notes.push(note('first_frame_only', { format: used }));
  if (pages > 1) notes.push(note('first_frame_only', { format: used, pages }));
  if (encoded === undefined || encoded.length <= bytesIn) return;
  const bytes = encoded.length;
  if (formatOut === formatIn) notes.push(note('larger_than_upload', { bytes, bytesIn }));
  else if (FORMATS[formatIn].shownByBrowsers) notes.push(note('kept_larger_format', { format: used, bytes, bytesIn }));
}

/** Whether the upload has more frames than one. */
export function moves({ source }: Context): boolean {
  return source.frames > 1 || source.hasUnreadFrames === true;
}
