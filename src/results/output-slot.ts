import { FAILED_SLOT, type ImageRecord } from '../domain/request.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import type { ImageLinks } from './image-links.ts';

/** What stands in the slot of an image: its address, the words for a failed one, nothing for a pending one. */
export function outputSlot(record: RequestRecord, { status, key }: ImageRecord, links: ImageLinks): string {
  return status === 'failed' ? FAILED_SLOT : key === null ? '' : links.linkTo(record, key);
}
