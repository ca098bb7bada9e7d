import { type LinkSpan, trimmedSpan } from './span.ts';

/** A host with a domain of letters, and a path: `cdn.shop.example/1.jpg`. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}[a-z]{2,24}(?::\d{2,5})?\/[^\s]/i;

/** Whether a text is a link that only lacks its `https://`. */
export function lacksScheme(text: string): boolean {
  return HOST.test(text);
}

/**
 * The links of a cell that all lack their scheme.
 * @returns undefined where the cell holds something else
 */
export function linksWithoutScheme(cell: string): LinkSpan[] | undefined {
  const spans: LinkSpan[] = [];
  let from = 0;
  for (const piece of cell.split(/(?<=[,;|\s])(?=[a-z0-9])/i)) {
    const [span] = trimmedSpan(cell, from, from + piece.length);
    const text = span === undefined ? '' : cell.slice(span.start, span.end);
    const last = spans.at(-1);
    if (span !== undefined && lacksScheme(text)) spans.push(span);
    // A comma may belong to a link; a text in front of all does not.
    else if (last === undefined) return undefined;
    else if (span !== undefined) last.end = span.end;
    from += piece.length;
  }
  return spans.length > 0 ? spans : undefined;
}
