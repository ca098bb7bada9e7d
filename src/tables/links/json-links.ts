import type { LinkSpan } from './span.ts';

/** Of an object these name the picture, the surest first. */
const KEYS = ['src', 'url', 'image', 'imageurl', 'image_url', 'link', 'href', 'original', 'large', 'hi_res'];
const STRING = /"(?:[^"\\]|\\.)*"/g;
/** Lists of lists of lists hold no links that anybody meant. */
const LEVELS = 8;

/**
 * The links of a cell that holds JSON: of a list its texts, of an object its `src` or `url`.
 * @returns undefined where it is no JSON
 */
export function jsonLinks(cell: string): LinkSpan[] | undefined {
  const text = cell.trimStart();
  if (text[0] !== '[' && text[0] !== '{') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const wanted: string[] = [];
  collect(value, wanted, 0);
  const spans: LinkSpan[] = [];
  let next = 0;
  for (const { index, 0: literal } of cell.matchAll(STRING)) {
    if (next === wanted.length) break;
    if (JSON.parse(literal) !== wanted[next]) continue;
    next++;
    if (literal.length > 2) spans.push({ start: index + 1, end: index + literal.length - 1 });
  }
  return spans;
}

function collect(value: unknown, wanted: string[], level: number): void {
  if (typeof value === 'string') wanted.push(value);
  else if (level === LEVELS || typeof value !== 'object' || value === null) return;
  else if (Array.isArray(value)) for (const item of value) collect(item, wanted, level + 1);
  else {
    const object = value as Record<string, unknown>;
    const key = KEYS.find((name) => typeof object[name] === 'string');
    if (key !== undefined) wanted.push(object[key] as string);
    else
      for (const [name, item] of Object.entries(object)) {
        if (/^https?:\/\//i.test(name)) wanted.push(name);
        else if (typeof item !== 'string' || /^https?:\/\//i.test(item)) collect(item, wanted, level + 1);
      }
  }
}
