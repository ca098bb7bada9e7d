import { type Static, type TSchema, Type } from 'typebox';

const TIME = '2026-03-14T09:26:53.589Z';

export const oneOf = <T extends string>(values: readonly T[], description: string, preset?: T) =>
  Type.Unsafe<T>({ type: 'string', enum: values, description, ...(preset && { default: preset }) });
export const orNull = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
export const text = (description: string, example: string) => Type.String({ description, examples: [example] });
export const count = (description: string, example = 3) =>
  Type.Integer({ minimum: 0, description, examples: [example] });
export const time = (description: string) => Type.String({ format: 'date-time', description, examples: [TIME] });

/** A schema by its name, so that the documentation shows one component instead of copies. */
export function named<T extends TSchema>(schema: T & { $id?: string }) {
  // A reference to nothing leaves Swagger UI and ReDoc without the whole document.
  if (schema.$id === undefined) throw new Error('a schema without an $id is no component');
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });
}
