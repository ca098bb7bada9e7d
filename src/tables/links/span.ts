/** A part of a cell, from `start` up to `end`. */
export interface LinkSpan {
  start: number;
  end: number;
}

const SEPARATORS = ',;| \t\r\n\v\f\u00a0\u3000';
/** Between two links these separate, too; at the end of a cell they may belong to the link. */
const JOINTS = `${SEPARATORS}~^#:`;
/** Signs that stand in no link as they are. */
const NEVER_IN_LINKS = '"<>“”„«»‹›';
/** Signs that may belong to a link, unless they close what was opened before it. */
const OPENING: Record<string, string> = { "'": "'", '’': '‘', ')': '(', ']': '[', '}': '{' };
/** Closing signs that are taken off an end, each after a look at what opens it. */
const MOST_SIGNS = 50;
/** Line breaks of HTML and programs, and the widths of a `srcset`. */
const BREAK = /(?:<br\s*\/?>|\\n|&nbsp;|\s\d{1,5}(?:\.\d)?[wx])$/i;
/** WooCommerce's importers take a text after the link: `… ! alt : front ! title : Mug`. */
const ALT = /\s!\s*(?:alt|title|desc|caption|featured)\s*:/i;
/** What the next link of a list shows: `front: https://…; back: https://…`. */
const LABEL = /[,;|\n]\s*[\p{L}\p{N} _.-]{1,40}\s*[:=(]\s*$/u;

/**
 * A part of a cell without what separates and encloses it.
 * @param inside whether another link follows
 * @param enclosing the signs that stand before it, or before the first link of the cell
 * @returns none where nothing is left
 */
export function trimmedSpan(cell: string, from: number, to: number, inside = false, enclosing = ''): LinkSpan[] {
  let start = from;
  let end = to;
  const alt = cell.startsWith('http', from) ? ALT.exec(cell.slice(from, to))?.index : undefined;
  if (alt !== undefined) end = from + alt;
  if (inside) {
    const label = LABEL.exec(cell.slice(Math.max(from, end - 60), end));
    if (label) end = Math.max(from, end - 60) + label.index;
  }
  // Where a comma separates two links, what stands before it belongs to the first one.
  const separators = inside && !/[,;|]\s{0,20}$/.test(cell.slice(Math.max(from, end - 21), end)) ? JOINTS : SEPARATORS;
  while (start < end && SEPARATORS.includes(cell.charAt(start))) start++;
  for (let last = -1, signs = 0; last !== end && signs < MOST_SIGNS; signs++) {
    last = end;
    while (end > start && separators.includes(cell.charAt(end - 1))) end--;
    const tag = BREAK.exec(cell.slice(Math.max(start, end - 8), end));
    if (tag) end -= tag[0].length;
    if (end > start && closesNothing(cell, start, end, enclosing)) end--;
  }
  return start < end ? [{ start, end }] : [];
}

/** Whether the last character closes what was opened before the link. */
function closesNothing(cell: string, start: number, end: number, enclosing: string): boolean {
  const closing = cell.charAt(end - 1);
  const opening = OPENING[closing];
  if (NEVER_IN_LINKS.includes(closing)) return true;
  if (opening === undefined || !enclosing.includes(opening)) return false;
  if (opening === closing) return true;
  let depth = 0;
  // Links are short; a text that is none and of such signs only would be looked through again for each of them.
  for (let at = Math.max(start, end - 2_000); at < end; at++) {
    const character = cell.charAt(at);
    if (character === opening) depth++;
    else if (character === closing) depth--;
  }
  return depth < 0;
}
