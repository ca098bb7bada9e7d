import { notJson } from './not-json.ts';

/** Deeper ones are no products, and would take the stack of those who walk through them. */
export const MOST_LEVELS = 32;

/** Members of an object that hold the address of a picture, as in Shopify's and Airtable's exports. */
const LINK_MEMBERS = ['src', 'url'];

/**
 * The members of a product as columns: nested ones are `a.b`, a list of links, or of objects with `src` or `url`, is a
 * text of links joined by commas, and any other list of objects is its JSON.
 * @param value numbers are texts as they are written, since ids and prices have digits that a number does not keep
 * @param line for messages
 * @throws Problem `not_csv`
 * @example flattenObject({ id: '7', seo: { title: 'Mug' }, images: [{ src: 'https://…' }] }, 1)
 * // [['id', '7'], ['seo.title', 'Mug'], ['images', 'https://…']]
 */
export function flattenObject(value: unknown, line: number): [name: string, text: string][] {
  if (!isObject(value))
    throw notJson(line, 'Each product must be an object, such as {"name": "Mug", "image": "https://…"}.');
  const members: [string, string][] = [];
  addMembers(members, '', value, 1, line);
  return members;
}

function addMembers(
  members: [string, string][],
  prefix: string,
  value: Record<string, unknown>,
  level: number,
  line: number,
): void {
  if (level > MOST_LEVELS) throw tooDeep(line);
  for (const [key, member] of Object.entries(value)) {
    const name = prefix + key;
    if (isObject(member)) addMembers(members, `${name}.`, member, level + 1, line);
    else members.push([name, Array.isArray(member) ? listText(member, level, line) : scalarText(member)]);
  }
}

function listText(list: unknown[], level: number, line: number): string {
  const texts: string[] = [];
  for (const item of list) {
    const text = isObject(item) ? linkOf(item) : Array.isArray(item) ? undefined : scalarText(item);
    if (text === undefined) {
      refuseDepth(list, level, line);
      return JSON.stringify(list);
    }
    if (text !== '') texts.push(text);
  }
  return texts.join(',');
}

function linkOf(item: Record<string, unknown>): string | undefined {
  for (const name of LINK_MEMBERS) {
    const link = item[name];
    if (typeof link === 'string') return link;
  }
  return undefined;
}

function scalarText(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

function refuseDepth(value: unknown, level: number, line: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (level > MOST_LEVELS) throw tooDeep(line);
  for (const member of Object.values(value)) refuseDepth(member, level + 1, line);
}

export function tooDeep(line: number) {
  return notJson(
    line,
    `A product has objects or lists within each other, more than ${MOST_LEVELS} deep. Leave out what is not needed.`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
