import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Option } from './option.ts';
import { Problem } from './problem.ts';
import { readSwitch } from './switch.ts';

/** What readers need of a schema, beside what TypeBox checks. */
interface Shape {
  type?: string;
  enum?: readonly string[];
  anyOf?: readonly TSchema[];
  items?: TSchema;
  const?: unknown;
  minimum?: number;
  maximum?: number;
}

/**
 * Reads what was sent for an option: a text (form field, query parameter, command line) or a value of JSON.
 * @returns the value in its one form; undefined for what counts as not sent: nothing, `null`, an empty text
 * @throws Problem `invalid_option`
 */
export function readOption<T>(name: string, option: Option<T>, sent: unknown): T | undefined {
  if (sent === undefined || sent === null) return undefined;
  const value = toValue(option.schema, sent, option.aliases);
  if (Check(option.schema, value)) return value as T;
  // Only now: a tab is an empty text, and separates columns.
  if (typeof sent === 'string' && sent.trim() === '') return undefined;
  throw new Problem('invalid_option', `"${name}" must be ${allowed(option)}.`);
}

/** What an option must be, to complete a sentence: "a whole number from 1 to 100". */
export function allowed({ schema, must, aliases = {} }: Pick<Option, 'schema' | 'must' | 'aliases'>): string {
  return must ?? describe(schema, Object.keys(aliases));
}

function describe(schema: TSchema, aliases: string[] = []): string {
  const { type, enum: choices, anyOf, items, minimum, maximum, ...rest } = schema as Shape;
  if (anyOf) return anyOf.map((variant) => describe(variant)).join(' or ');
  if (choices) return `one of ${[...choices, ...aliases].map((word) => JSON.stringify(word)).join(', ')}`;
  if (rest.const !== undefined) return JSON.stringify(rest.const);
  if (type === 'integer') {
    if (maximum === undefined) return `a whole number of at least ${minimum ?? 0}`;
    return `a whole number from ${minimum ?? 0} to ${maximum}`;
  }
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return items && isText(items) ? `a comma list, each ${describe(items)}` : 'a list in JSON';
  return type === 'object' ? 'an object in JSON' : 'a text';
}

/** The value that a text stands for; the text itself where it stands for none, which the schema then refuses. */
function toValue(schema: TSchema, sent: unknown, aliases: Option['aliases']): unknown {
  const { type, enum: choices, anyOf, items } = schema as Shape;
  if (anyOf) {
    const values = anyOf.map((variant) => ({ variant, value: toValue(variant, sent, aliases) }));
    return values.find(({ variant, value }) => Check(variant, value))?.value ?? sent;
  }
  if (type === 'array') {
    const list = typeof sent === 'string' ? toList(sent, items) : sent;
    return Array.isArray(list) && items ? list.map((item) => toValue(items, item, aliases)) : list;
  }
  if (typeof sent !== 'string') return sent;
  const text = sent.trim();
  if (choices || 'const' in schema) return toChoice(sent, aliases, choices);
  switch (type) {
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : sent;
    case 'boolean':
      return readSwitch(text) ?? sent;
    case 'object':
      return parsed(text);
    default:
      return text === '' ? undefined : text;
  }
}

/** The choice itself, which may be white space (a tab), or the one that is meant by a word in any case. */
function toChoice(sent: string, aliases: Option['aliases'] = {}, choices: readonly string[] = []): string {
  if (choices.includes(sent)) return sent;
  const word = sent.trim().toLowerCase();
  return Object.hasOwn(aliases, word) ? (aliases[word] ?? word) : word;
}

function isText(schema: TSchema): boolean {
  return (schema as Shape).type === 'string';
}

/** JSON, or words between commas. */
function toList(text: string, items: TSchema | undefined): unknown {
  if (!items || !isText(items) || text.trimStart().startsWith('[')) return parsed(text);
  const list = text.split(',').map((word) => word.trim());
  return list.filter(Boolean);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
