import { type TSchema, type TUnsafe, Type } from 'typebox';

/**
 * One option of an upload, defined once. Its form field, query parameter and JSON member, the OpenAPI document, the option
 * of the command line, the field on the page, docs/options.md and its type all come from this.
 * @typeParam T of its value
 * @typeParam P of its default; `undefined` where it has none
 */
export interface Option<T = unknown, P = T | undefined> {
  /** Type, limits, default and meaning, as JSON Schema has them. */
  schema: TUnsafe<T> & { description: string };
  /** What holds where it is not sent. */
  preset: P;
  /** Other ways to write a value, in lower case. */
  aliases?: Readonly<Record<string, string>>;
  /** What it must be, to complete a sentence, where the schema cannot say that in plain words. */
  must?: string;
  /** What happens where it is not sent, where it has no default. */
  absent?: string;
  /** A value to show, where it has no default. */
  example?: string;
  /** What stands for the value in the help of the command line; then no choices are offered there. */
  argument?: string;
  /** Words for the page, which leaves out options without them. */
  page?: { label: string; hint?: string; choices?: Readonly<Record<string, string>> };
}

export type OptionSet = Readonly<Record<string, Option>>;

/** The values of a set of options; those without a default may lack. */
export type Values<Set extends OptionSet> = {
  [Name in keyof Set as undefined extends Set[Name]['preset'] ? never : Name]: ValueOf<Set[Name]>;
} & {
  [Name in keyof Set as undefined extends Set[Name]['preset'] ? Name : never]?: ValueOf<Set[Name]>;
};
type ValueOf<O extends Option> = O extends Option<infer T, infer _P> ? T : never;

type Words = { description: string } & Omit<Option, 'schema' | 'preset'>;

/** A whole number between two limits, these included. */
export function whole<P extends number | undefined>(minimum: number, maximum: number, preset: P, words: Words) {
  return option<number, P>(Type.Integer({ minimum, maximum }), preset, words);
}

/** One of some words, read in any case. */
export function choice<const T extends string, P extends NoInfer<T> | undefined>(
  values: readonly T[],
  preset: P,
  words: Words,
) {
  return option<T, P>(Type.Unsafe<T>({ type: 'string', enum: values }), preset, words);
}

/** `true` or `false`; read in all spellings of a switch. */
export function flag<P extends boolean | undefined>(preset: P, words: Words) {
  return option<boolean, P>(Type.Boolean(), preset, words);
}

/** One line of text. */
export function line(maxLength: number, words: Words) {
  // Half of a surrogate pair would be stored, but PostgreSQL could not search it.
  const schema = Type.String({ maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' });
  return option<string, undefined>(schema, undefined, {
    must: `one line of at most ${maxLength} characters`,
    ...words,
  });
}

/** Any other schema: a list, a colour (a string with a pattern, and `must`), an object that is sent as JSON. */
export function option<T, P extends T | undefined>(schema: TSchema, preset: P, words: Words): Option<T, P> {
  const { description, ...rest } = words;
  const described = { ...schema, description, ...(preset !== undefined && { default: preset }) };
  return { schema: Type.Unsafe<T>(described) as Option<T>['schema'], preset, ...rest };
}

/** Of a set those options that have a default. */
export function presetsOf<Set extends OptionSet>(set: Set): Partial<Values<Set>> {
  const known = Object.entries(set).filter(([, { preset }]) => preset !== undefined);
  return Object.fromEntries(known.map(([name, { preset }]) => [name, preset])) as Partial<Values<Set>>;
}
