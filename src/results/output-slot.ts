import { FAILED_SLOT, type ImageRecord } from '../domain/request.ts';
import type { RequestRecord } from '../pipeline/ports.ts';

/** What stands in the slot of an image: its address, the words for a failed one, nothing for a pending one. */
export function outputSlot({ linkBase }: RequestRecord, { status, key }: ImageRecord): string {
  return status === 'failed' ? FAILED_SLOT : key === null ? '' : linkBase + key;
}
