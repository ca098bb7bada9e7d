import { RECORD_BYTES, rowTooLong } from '../row-too-long.ts';
import type { TableRecord } from '../write-records.ts';
import { flattenObject } from './flatten-object.ts';
import { notJson } from './not-json.ts';

/** What `JSON.parse` tells of a value beside it. */
type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/** Numbers as they are written: ids of 20 digits and prices such as 1.50 are no numbers to count with. */
const textual: Reviver = (_key, value, { source }) => (typeof value === 'number' ? source : value);

/**
 * The objects of JSON Lines, one a line; blank lines are passed over.
 * @throws Problem `not_csv`, `row_too_long`
 */
export async function* parseLines(text: AsyncIterable<string>): AsyncGenerator<TableRecord[], void, undefined> {
  let rest = '';
  let line = 0;
  for await (const chunk of text) {
    const lines = chunk.split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    if (rest.length > 2 * RECORD_BYTES) throw rowTooLong(line + lines.length + 1);
    const records: TableRecord[] = [];
    for (const one of lines) records.push(...record(one, ++line));
    yield records;
  }
  yield record(rest, line + 1);
}

function record(text: string, line: number): TableRecord[] {
  if (text.trim() === '') return [];
  return [{ line, members: flattenObject(parsed(text, line), line) }];
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text, textual as Parameters<typeof JSON.parse>[1]);
  } catch (error) {
    throw notJson(line, `Line ${line} is no valid JSON. Each line must be an object of its own.`, error);
  }
}

/** Whether a text that begins like this is JSON Lines, and no object that holds its products in a list. */
export function areLines(head: string): boolean {
  const first = head.trimStart().split('\n', 1)[0] ?? '';
  if (!first.startsWith('{')) return false;
  try {
    return (
      !Object.values(JSON.parse(first)).some((member) => Array.isArray(member) && isObject(member[0])) ||
      /\n\s*\{/.test(head)
    );
  } catch {
    return false;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
