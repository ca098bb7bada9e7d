import { type LinkSpan, trimmedSpan } from './span.ts';

/** The attribute that holds the address, in a tag that has been cut out. */
const ADDRESS = /\b(?:src|href)\s*=\s*(?:"([^"]*)"?|'([^']*)'?|([^\s>]+))/di;

/**
 * The links of a cell that holds HTML: of its pictures, else of its links.
 * @returns undefined where it is no HTML
 */
export function htmlLinks(cell: string): LinkSpan[] | undefined {
  if (!/<(?:img|a)\s/i.test(cell)) return undefined;
  const pictures = addresses(cell, /<img\s/gi);
  const found = pictures.length > 0 ? pictures : addresses(cell, /<a\s/gi);
  return found.length > 0 ? found : undefined;
}

function addresses(cell: string, tags: RegExp): LinkSpan[] {
  const spans: LinkSpan[] = [];
  let over = 0;
  for (const { index } of cell.matchAll(tags)) {
    // A tag without its end would be looked through again from every tag inside it.
    if (index < over) continue;
    const close = cell.indexOf('>', index);
    over = close === -1 ? cell.length : close;
    const { indices } = ADDRESS.exec(cell.slice(index, over)) ?? {};
    const [from, to] = indices?.slice(1).find((place) => place !== undefined) ?? [];
    if (from !== undefined && to !== undefined) spans.push(...trimmedSpan(cell, index + from, index + to));
  }
  return spans;
}
