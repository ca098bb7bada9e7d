import type { ImageRecord } from '../domain/request.ts';
import type { RequestRecord } from '../pipeline/ports/store/records.ts';
import type { ImageLinks } from './image-links.ts';

/** Proportions that differ by no more than this, by rounding to whole pixels, are the same. */
const SAME_PROPORTIONS = 0.02;

/**
 * The value of the `srcset` attribute of an image (HTML, 4.8.2): its pictures of the same proportions with their widths,
 * narrow ones first, one of each width. A browser chooses one of them by its width alone.
 * @returns null where there is no choice
 */
export function srcset(record: RequestRecord, image: ImageRecord, links: ImageLinks): string | null {
  const { key, width, height, renditions } = image;
  if (key === null || width === null || height === null) return null;
  const alike = renditions.filter((other) => {
    return Math.abs((other.width * height) / (other.height * width) - 1) <= SAME_PROPORTIONS;
  });
  // The first of a width stays: the main picture, then those that stand first in the upload.
  const byWidth = new Map([{ key, width }, ...alike].toReversed().map((picture) => [picture.width, picture.key]));
  if (byWidth.size < 2) return null;
  const sorted = [...byWidth].sort(([a], [b]) => a - b);
  return sorted.map(([pixels, picture]) => `${links.linkTo(record, picture)} ${pixels}w`).join(', ');
}
