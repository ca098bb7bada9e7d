import { Type } from 'typebox';
import { option } from './option.ts';
import { Problem } from './problem.ts';

const DEFAULT_NAME = '{name}-{position}-{random}';

const PLACEHOLDERS = ['name', 'serial', 'position', 'source', 'rendition', 'random'] as const;
export type PlaceholderName = (typeof PLACEHOLDERS)[number];

const LISTED = `${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')} and {column:Header}`;

/** Text of a template in bytes: a name has room for 255, and its values need some. */
const MOST_TEXT = 100;

/** A piece of a template: text as it stands, a placeholder, or a column of the table. */
export type TemplatePart = { text: string } | { placeholder: PlaceholderName } | { column: string };

/**
 * The pieces of a template for file names.
 * @returns undefined where a brace has no partner, or a placeholder is none
 */
export function parseTemplate(template: string): TemplatePart[] | undefined {
  const parts: TemplatePart[] = [];
  for (const [, text, inside] of template.matchAll(/([^{}]+)|\{([^{}]*)\}|[{}]/g)) {
    if (text !== undefined) parts.push({ text });
    else if (inside?.startsWith('column:')) parts.push({ column: inside.slice('column:'.length) });
    else if (PLACEHOLDERS.includes(inside as PlaceholderName)) parts.push({ placeholder: inside as PlaceholderName });
    else return undefined;
  }
  return parts;
}

export const NAME_OPTION = option<string, undefined>(Type.String({ maxLength: 500 }), undefined, {
  description: `What the files are called, without the extension: a template of text and ${LISTED}. \`{source}\` is the file name of the link, \`{random}\` what cannot be guessed; without it the folder in the path cannot be guessed. White space, controls and \`/\\:*?"<>|,;\` become \`-\`.`,
  must: `a template with ${LISTED}, and at most ${MOST_TEXT} bytes of text beside these`,
  absent: `${DEFAULT_NAME} in lower case`,
  example: '{serial}-{position}',
  argument: 'template',
  page: { label: 'File names', hint: 'Such as {serial}-{position}; {name} is the name of the product' },
  read(field, value) {
    const parts = typeof value === 'string' ? parseTemplate(value) : undefined;
    const text = parts?.map((part) => ('text' in part ? part.text : '')).join('') ?? '';
    if (parts?.length && Buffer.byteLength(text) <= MOST_TEXT) return value as string;
    throw new Problem('invalid_option', `"${field}" must be ${NAME_OPTION.must}.`);
  },
});

/** The columns that a template names. */
export function templateColumns(template: string | undefined): string[] {
  const parts = template === undefined ? [] : (parseTemplate(template) ?? []);
  return [...new Set(parts.flatMap((part) => ('column' in part ? [part.column] : [])))];
}

/** @throws Problem `invalid_option` for a column that the table does not have: its names would silently lack a part */
export function refuseUnknownColumns(template: string | undefined, header: readonly string[]): void {
  const unknown = templateColumns(template).find((column) => !header.includes(column));
  if (unknown === undefined) return;
  const listed = header.map((column) => `"${column}"`).join(', ');
  throw new Problem('invalid_option', `"name" asks for the column "${unknown}"; the table has ${listed}.`);
}

/** Whether a template names a placeholder; without a template the usual one holds. */
export function uses(template: string | undefined, ...placeholders: PlaceholderName[]): boolean {
  const parts = parseTemplate(template ?? DEFAULT_NAME) ?? [];
  return parts.some((part) => 'placeholder' in part && placeholders.includes(part.placeholder));
}
