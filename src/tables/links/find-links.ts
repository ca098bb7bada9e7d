import { htmlLinks } from './html-links.ts';
import { jsonLinks } from './json-links.ts';
import { linksWithoutScheme } from './links-without-scheme.ts';
import { repairLink, unescaped } from './repair-link.ts';
import { type LinkSpan, trimmedSpan } from './span.ts';

/** A link of a cell: what is to be fetched, and where it stands. */
export interface FoundLink extends LinkSpan {
  link: string;
  /** It is not what was written, but what was surely meant. */
  repaired?: true;
}

/** Nearly every cell: one link of ordinary characters, in which nothing can begin another one. */
const PLAIN = /^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w.~%+=?$*@!/-]*)?$/i;

/** What a link may begin with. */
const START = /https?:(?:\/\/|\\\/\\\/)|data:image\/|\/\/|www\./gi;
/** Before `//` and `www.`, which stand within links, too: a separator, and quotes or brackets after it. */
const BEFORE_SHORT = /(?:^|[,;|\s])["'([{<“”„‘’«‹]{0,2}$/;
/** Before `https://` these say that it belongs to the link before it: `…/fetch/https://…`, `?url=https://…`. */
const WITHIN = '/=?&%';
/** A picture in the cell itself (RFC 2397); its comma and semicolon separate nothing. */
const DATA = /data:image\/[a-z0-9.+-]{1,40}(?:;[^\s,;"']{0,80}){0,4},(?:(?<=;base64,)[\w+/=%-]*|[^\s"'<>(){}[\]|]*)/iy;

/** What may enclose a link. */
const CLOSING: Record<string, string> = {
  ...{ '"': '"', "'": "'", '(': ')', '[': ']', '{': '}', '<': '>' },
  ...{ '“': '”', '„': '“', '”': '”', '‘': '’', '’': '’', '«': '»', '»': '«', '‹': '›' },
};

/** Whether a text begins like a link. */
export function startsLikeUrl(text: string): boolean {
  return /^\s*["'“‘«<([{]?(?:https?:\/\/|\/\/|www\.|data:image\/)/i.test(text);
}

/** Whether a link is one by its beginning; whatever else stands in a cell comes back as a "link" that is none. */
export function isLink(link: string): boolean {
  return /^(?:https?:\/\/|\/\/|www\.|data:image\/)/i.test(link);
}

/**
 * The links of a cell, in order. It is split only where a new link begins, so links that contain commas stay whole, and
 * so do links that hold another one. Lists of databases and programs, attachments with their names, HTML, Markdown and
 * formulas are understood. Text that is no link comes back as one "link".
 * @param separator what the client says that stands between links
 */
export function findLinks(cell: string, separator?: string): FoundLink[] {
  if (PLAIN.test(cell)) return [{ link: cell, start: 0, end: cell.length }];
  if (separator !== undefined && cell.includes(separator)) return splitAt(cell, separator);
  const spans = spansOf(cell);
  return spans.map((span) => {
    const written = cell.slice(span.start, span.end);
    const plain = unescaped(written);
    const link = repairLink(plain);
    return link === plain && !span.joined ? { ...span, link } : { ...span, link, repaired: true as const };
  });
}

function splitAt(cell: string, separator: string): FoundLink[] {
  const links: FoundLink[] = [];
  let from = 0;
  for (const piece of cell.split(separator)) {
    for (const found of findLinks(piece)) links.push({ ...found, start: found.start + from, end: found.end + from });
    from += piece.length + separator.length;
  }
  return links;
}

interface Span extends LinkSpan {
  /** Nothing stands between it and the link before. */
  joined?: true;
}

function spansOf(cell: string): Span[] {
  // Empty lists, and separators alone.
  if (/^[\s,;|[\]{}()"']*$/.test(cell)) return [];
  const known = jsonLinks(cell) ?? htmlLinks(cell);
  if (known) return known;
  const starts = startsOf(cell);
  const [first] = starts;
  if (first === undefined) return linksWithoutScheme(cell) ?? trimmedSpan(cell, 0, cell.length);
  const spans: Span[] = textBefore(cell, first);
  const formula = /^\s*=\s*[\p{L}_.]{1,40}\(/u.test(cell);
  for (const [index, start] of (formula ? starts.slice(0, 1) : starts).entries()) {
    const end = endOf(cell, start, starts[index + 1] ?? cell.length);
    const enclosing = signsBefore(cell, first) + signsBefore(cell, start);
    for (const span of trimmedSpan(cell, start, end, index + 1 < starts.length, enclosing)) {
      const joined = spans.at(-1)?.end === start;
      spans.push(joined ? { ...span, joined } : span);
    }
  }
  return preferKeys(cell, spans);
}

function signsBefore(cell: string, start: number): string {
  return cell.slice(Math.max(0, start - 2), start);
}

function startsOf(cell: string): number[] {
  const starts: number[] = [];
  let dataEnds = 0;
  for (const { index, 0: start } of cell.matchAll(START)) {
    if (index < dataEnds) continue;
    const before = cell[index - 1] ?? '';
    if (/^h/i.test(start) && WITHIN.includes(before) && before !== '') continue;
    if (/^[/w]/i.test(start) && !BEFORE_SHORT.test(cell.slice(Math.max(0, index - 3), index))) continue;
    // The page that a picture of Markdown leads to: [![name](picture)](page).
    if (cell.slice(Math.max(0, index - 3), index) === ')](') continue;
    if (/^d/i.test(start)) {
      DATA.lastIndex = index;
      dataEnds = index + (DATA.exec(cell)?.[0].length ?? 0);
    }
    starts.push(index);
  }
  return starts;
}

/** Where a link ends that is followed by another at `limit`: where its quote or bracket closes, if it has one. */
function endOf(cell: string, start: number, limit: number): number {
  if (/^data:/i.test(cell.slice(start, start + 5))) {
    DATA.lastIndex = start;
    const [data = ''] = DATA.exec(cell) ?? [];
    return data === '' ? limit : Math.min(limit, start + data.replace(/[,;]{1,20}$/, '').length);
  }
  const opening = cell[start - 1] ?? '';
  const closing = CLOSING[opening];
  if (closing === undefined) return limit;
  let depth = 0;
  for (let at = start; at < limit; at++) {
    const character = cell[at];
    if (character === closing && depth-- === 0) return at;
    if (character === opening && opening !== closing) depth++;
  }
  return limit;
}

/**
 * What stands before the first link. Before a bracket, a colon or a space it says what the link shows; before a separator
 * it is meant to be a link of its own.
 */
function textBefore(cell: string, first: number): Span[] {
  const before = cell.slice(0, first);
  return /[,;|\n]\s*["'“‘«]?$/.test(before.slice(-20)) && !/^\s*[[{(]/.test(before)
    ? trimmedSpan(cell, 0, first, true)
    : [];
}

/** In a list of objects, such as Python prints it, `src` and `url` name the picture, and other links something else. */
function preferKeys(cell: string, spans: Span[]): Span[] {
  if (spans.length < 2 || !/^\s*[[{]/.test(cell)) return spans;
  const keys = spans.map(
    ({ start }) => /["'](\w{1,40})["']\s*:\s*["']$/.exec(cell.slice(Math.max(0, start - 60), start))?.[1],
  );
  const named = spans.filter((_span, index) => /^(?:src|url)$/i.test(keys[index] ?? ''));
  return named.length > 0 ? named : spans;
}
