import { type TObject, type TSchema, Type } from 'typebox';
import type { Option, OptionSet } from '../domain/option.ts';
import { REQUEST_OPTIONS, UPLOAD_OPTIONS } from '../domain/options.ts';

const members = (set: OptionSet, member: (option: Option) => TSchema) =>
  Object.fromEntries(Object.entries(set).map(([name, option]) => [name, member(option)]));

/** The options of a request, in its status. */
export const OptionsSchema: TObject = Type.Object(
  members(REQUEST_OPTIONS, ({ schema, preset }) => (preset === undefined ? Type.Optional(schema) : schema)),
  { $id: 'Options', description: 'The options that hold for a request, sent or not, by the names of their fields.' },
);

/** The form of an upload. Read by hand from the stream, never validated as a body. */
export const UploadFormSchema: TObject = Type.Object(
  {
    file: Type.Unsafe<unknown>({
      type: 'string',
      format: 'binary',
      description:
        'The CSV, also packed as `.csv.gz` or as a `.zip` that holds nothing else, or an Excel workbook (`.xlsx`).',
    }),
    ...members(UPLOAD_OPTIONS, (option) => Type.Optional(formField(option))),
  },
  { $id: 'UploadForm', description: 'A CSV, and what is to be done with its images.' },
);

/**
 * The same options in the address of an upload. Without their defaults: a reader of the documentation would send what it
 * fills in, and say everything twice.
 */
export const UploadQuerySchema: TObject = Type.Object(
  members(UPLOAD_OPTIONS, (option) => {
    const { default: _, ...schema } = sentSchema(option) as TSchema & { default?: unknown };
    return Type.Optional(
      Type.Unsafe<unknown>({ ...schema, description: `${option.schema.description} The form field wins.` }),
    );
  }),
);

/**
 * What is filled in by itself goes out with the first call. Swagger UI, Postman and the like fill their forms in with the
 * first example, else the default, else something made up; an option without a default is to stay empty.
 */
function formField(option: Option): TSchema {
  const { preset, example, schema } = option;
  if (preset !== undefined) return schema;
  const such = example === undefined ? '' : `Such as \`${example}\`; `;
  const description = `${schema.description} ${such}${such ? 'may' : 'May'} be left empty.`;
  return Type.Unsafe<unknown>({ ...sentSchema(option), description, examples: ['', ...(example ? [example] : [])] });
}

/**
 * As it is sent. A list or an object goes as a text, and Swagger UI cannot draw a field of one that is to stay empty. Where
 * words may be sent instead of what they stand for (`comma`), a list of choices would be half of the truth.
 */
function sentSchema({ schema, argument }: Option): TSchema {
  const { type } = schema as TSchema & { type?: string };
  if (type === 'array' || type === 'object') return Type.String({ description: schema.description });
  if (argument === undefined) return schema;
  const { enum: _, ...rest } = schema as TSchema & { enum?: unknown };
  return rest;
}
