import { type Note, note } from './catalogues/notes.ts';
import { pictureUrl } from './image.ts';
import { directUrl } from './share-links.ts';

/**
 * Where the image of a link is to be fetched.
 * @returns undefined where the link is no http or https address and holds no picture itself; with a note where it had to be completed, or leads to
 *   the page of a share link
 * @example sourceUrl('//shop.example/mug.jpg') // https://shop.example/mug.jpg, link_repaired
 */
export function sourceUrl(link: string): { url: URL; notes: Note[] } | undefined {
  const found = pictureUrl(link);
  if (!found) return undefined;
  if (found.protocol === 'data:') return { url: found, notes: [] };
  const url = directUrl(found);
  const isAsWritten = url === found && /^https?:/i.test(link);
  return { url, notes: isAsWritten ? [] : [note('link_repaired', { link: url.href })] };
}
