const SEPARATORS = ',;| \t\r\n\v\f\u00a0\u3000';

/** The start of a link right after a separator: a single character back, so that long runs of separators cost nothing. */
const LINK_START = /(?<=[,;|\s])(?:https?:\/\/|\/\/|www\.)/gi;

/** Whether a cell begins like a link. */
export function startsLikeUrl(cell: string): boolean {
  return /^\s*(?:https?:\/\/|\/\/|www\.)/i.test(cell);
}

/**
 * The links of a cell, as written. It is split only where a separator (comma, semicolon, bar, white space) is followed
 * by the start of a link, so links that contain commas stay whole. Text that is no link comes back as one "link".
 */
export function splitUrls(cell: string): string[] {
  const urls: string[] = [];
  let from = 0;
  for (const { index } of cell.matchAll(LINK_START)) {
    addTrimmed(urls, cell, from, index);
    from = index;
  }
  addTrimmed(urls, cell, from, cell.length);
  return urls;
}

function addTrimmed(urls: string[], cell: string, from: number, to: number): void {
  let start = from;
  let end = to;
  while (start < end && SEPARATORS.includes(cell.charAt(start))) start++;
  while (end > start && SEPARATORS.includes(cell.charAt(end - 1))) end--;
  if (start < end) urls.push(cell.slice(start, end));
}
