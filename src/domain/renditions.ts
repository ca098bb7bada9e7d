import { Type } from 'typebox';
import { type Option, option } from './option.ts';
import { type Options, PICTURE_OPTIONS, pictureOptions } from './picture-options.ts';
import { Problem } from './problem.ts';
import { readOption } from './read-option.ts';

/** A further picture that is made of each image. What it leaves out is as the upload asks for the main one. */
export type Rendition = { name: string } & Partial<Options>;

/** The name of the picture that every image has. */
export const MAIN = 'main';

export const MOST_RENDITIONS = 10;
const NAME = '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$';
const MEMBERS = ['name', ...Object.keys(PICTURE_OPTIONS)];

const Schema = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: NAME, description: 'Letters of English, digits, `_`, `-`; not `main`.' }),
      ...Object.fromEntries(
        Object.entries<Option>(PICTURE_OPTIONS).map(([name, { schema }]) => {
          const { default: _, ...sent } = schema as typeof schema & { default?: unknown };
          return [name, Type.Optional(Type.Unsafe(sent))];
        }),
      ),
    },
    { additionalProperties: false },
  ),
  { maxItems: MOST_RENDITIONS },
);

export const RENDITIONS_OPTION = option<Rendition[], undefined>(Schema, undefined, {
  description: `Further pictures of each image, ${MOST_RENDITIONS} at most, from one download: a JSON list of objects with a \`name\` and any of ${MEMBERS.slice(
    1,
  )
    .map((member) => `\`${member}\``)
    .join(', ')}. What an object leaves out is as for the main picture.`,
  must: `a JSON list of at most ${MOST_RENDITIONS} objects, each with a "name"`,
  absent: 'none',
  example: '[{"name": "thumb", "max_width": 320, "format": "webp"}]',
  argument: 'json',
  read: readRenditions,
});

function readRenditions(field: string, value: unknown): Rendition[] {
  if (!Array.isArray(value) || value.length > MOST_RENDITIONS) refuse(field, RENDITIONS_OPTION.must ?? '');
  const renditions = (value as unknown[]).map((sent, index) => readRendition(`${field}[${index}]`, sent));
  const names = renditions.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  // Names become folders, of which some systems do not tell upper from lower case.
  if (twice !== undefined) refuse(field, `a list of different names; "${twice}" stands there twice`);
  return renditions;
}

function readRendition(field: string, sent: unknown): Rendition {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) refuse(field, 'an object with a "name"');
  const members = new Map(Object.entries(sent as object));
  const name = members.get('name');
  if (typeof name !== 'string' || !new RegExp(NAME).test(name) || name.toLowerCase() === MAIN) {
    refuse(`${field}.name`, `1 to 40 of A-Z, a-z, 0-9, _ and -, and not "${MAIN}"`);
  }
  for (const member of members.keys()) {
    if (!MEMBERS.includes(member)) refuse(`${field}.${member}`, `left out. A rendition may have ${MEMBERS.join(', ')}`);
  }
  const options = Object.entries<Option>(PICTURE_OPTIONS).map(([member, option]) => [
    member,
    readOption(`${field}.${member}`, option, members.get(member)),
  ]);
  return { name: name as string, ...Object.fromEntries(options.filter(([, value]) => value !== undefined)) };
}

function refuse(field: string, must: string): never {
  throw new Problem('invalid_option', `"${field}" must be ${must}.`);
}

/** A picture that is to be made of an image, and what of. */
export interface WantedRendition {
  name: string;
  options: Options;
}

/** All pictures that are made of an image: the main one, then the others in their order. */
export function wantedRenditions(options: Options & { renditions?: Rendition[] }): WantedRendition[] {
  const main = pictureOptions(options);
  const others = (options.renditions ?? []).map(({ name, ...own }) => ({ name, options: { ...main, ...own } }));
  return [{ name: MAIN, options: main }, ...others];
}
