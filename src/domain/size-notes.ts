import { type Note, note } from './catalogues/notes.ts';
import type { ImageResult } from './image.ts';
import { fittedSize } from './picture-size.ts';
import type { WantedRendition } from './renditions.ts';

/** Where a picture has another size, or more bytes, than was asked for. */
export function sizeNotes({ name, options, result }: WantedRendition & { result: ImageResult }): Note[] {
  const { widthIn, heightIn, width, height, bytesOut } = result;
  const { max_width: wantedWidth, max_height: wantedHeight, max_bytes } = options;
  const { isUnderWanted, inner } = fittedSize({ width: widthIn, height: heightIn }, options);
  const notes: Note[] = [];
  if (isUnderWanted) {
    const wanted = { wantedWidth: wantedWidth ?? width, wantedHeight: wantedHeight ?? height };
    notes.push(note('under_wanted_size', { name, ...inner, ...wanted }));
  }
  if (max_bytes !== undefined && bytesOut > max_bytes) {
    notes.push(note('over_max_bytes', { name, bytes: bytesOut, limit: max_bytes }));
  }
  return notes;
}
