import { MAIN } from '../domain/renditions.ts';
import { FAILED_SLOT, type ImageRecord } from '../domain/request.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import { keyOf } from './handed-on.ts';
import type { ImageLinks } from './image-links.ts';

/**
 * What stands in the slot of an image: its address, the words for a failed one, nothing for a pending one.
 * @param rendition a further picture of it, instead of the main one
 */
export function outputSlot(
  record: RequestRecord,
  image: ImageRecord,
  links: ImageLinks,
  rendition: string = MAIN,
): string {
  const { status } = image;
  const key = keyOf(image, rendition);
  return status === 'failed' ? FAILED_SLOT : key === null ? '' : links.linkTo(record, key);
}
