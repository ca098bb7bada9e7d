import { findLinks, isLink } from './links/find-links.ts';
import { isPageLink, isPictureLink } from './links/picture-link.ts';

/** What stands in a column, as far as it was looked at. */
export interface ColumnProfile {
  /** Cells that are not empty. */
  filled: number;
  /** Cells that hold a link. */
  links: number;
  /** Cells that hold a link to a picture. */
  pictures: number;
  /** Cells that hold a link to a page. */
  pages: number;
  /** The first cell that is not empty, shortened. */
  sample: string;
}

const SAMPLE = 100;

export function profileColumns(columns: number, rows: string[][]): ColumnProfile[] {
  const profiles = Array.from({ length: columns }, () => ({ filled: 0, links: 0, pictures: 0, pages: 0, sample: '' }));
  for (const cells of rows) {
    for (const [column, profile] of profiles.entries()) {
      const cell = cells[column]?.trim() ?? '';
      if (cell === '') continue;
      if (profile.filled++ === 0) profile.sample = structuredClone(cell.slice(0, SAMPLE));
      const kind = linkKind(cell);
      if (kind !== 'text') profile.links++;
      if (kind === 'page') profile.pages++;
      if (kind === 'picture') profile.pictures++;
    }
  }
  return profiles;
}

/** Characters before the first link of a cell that holds links and not a text about something. */
const NAME_BEFORE = 200;

/** What a cell holds: a text of several sentences in which a link occurs is a text. */
export function linkKind(cell: string): 'picture' | 'page' | 'link' | 'text' {
  // Nothing else can be a link, and most cells are none.
  if (!/[./:]/.test(cell)) return 'text';
  const found = findLinks(cell);
  const links = found.filter(({ link }) => isLink(link));
  const [first] = links;
  if (links.length * 2 <= found.length) return 'text';
  if (
    !first ||
    first.start > NAME_BEFORE ||
    /[\p{L}]{2,} [\p{L}]{2,} [\p{L}]{2,} [\p{L}]{2,} [\p{L}]{2,}/u.test(cell.slice(0, first.start))
  )
    return 'text';
  if (isPictureLink(first.link)) return 'picture';
  return isPageLink(first.link) ? 'page' : 'link';
}
