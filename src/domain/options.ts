import { Type } from 'typebox';
import { FORMATS, OUTPUT_FORMATS, type OutputFormat } from './formats.ts';
import { choice, flag, line, type OptionSet, option, presetsOf, type Values, whole } from './option.ts';
import { TABLE_OPTIONS } from './table-options.ts';

export const EFFORTS = ['fast', 'small'] as const;
export type Effort = (typeof EFFORTS)[number];

function formatLabel(format: OutputFormat): string {
  if (format === 'same') return 'Same as each image';
  const { title, remark } = FORMATS[format];
  return remark ? `${title} (${remark})` : title;
}

/** What is made of a picture: what a decoder gets. */
export const PICTURE_OPTIONS = {
  quality: whole(1, 100, 50, {
    description: 'How close the result stays to the original; for PNG 100 is lossless.',
    page: {
      label: 'Quality',
      hint: '50 looks the same at a glance and saves most of the bytes. Below 30 edges get blurry; above 80 little is saved.',
    },
  }),
  scale: whole(1, 100, 100, {
    description: 'Per cent of width and of height: 50 leaves a quarter of the pixels.',
    page: { label: 'Dimensions, per cent', hint: '50 halves width and height' },
  }),
  format: choice(OUTPUT_FORMATS, 'same', {
    description: 'What every image becomes; `same` keeps the format of each.',
    aliases: { jpg: 'jpeg' },
    page: {
      label: 'Format',
      hint: 'What the results are saved as',
      choices: Object.fromEntries(OUTPUT_FORMATS.map((format) => [format, formatLabel(format)])),
    },
  }),
  effort: choice(EFFORTS, 'fast', {
    description:
      '`fast` takes the least time, `small` gives the fewest bytes; no image gets larger with `small` than with `fast`.',
    page: { label: 'Effort', hint: 'Small files take longer', choices: { fast: 'Fast', small: 'Small files' } },
  }),
} satisfies OptionSet;

/** Kept with the request as one value, and shown as `options` in its status. */
export const REQUEST_OPTIONS = {
  ...PICTURE_OPTIONS,
  ...TABLE_OPTIONS,
  on_error: choice(['refuse', 'skip'], 'refuse', {
    description:
      '`refuse`: one bad row refuses the upload; `skip`: bad rows are left out, counted in `rows_skipped`, and listed in `errors.csv`.',
  }),
  label: line(200, {
    description: 'A name for the upload, shown and searched in the list of requests.',
    example: 'Spring catalogue',
    page: { label: 'Label', hint: 'Shown in the list of requests' },
  }),
} satisfies OptionSet;

/** For the upload alone: a webhook may hold a secret in its address, and what a dry run finds is not kept. */
const CALL_OPTIONS = {
  dry_run: flag(false, { description: 'Says what the upload would do; keeps nothing, downloads nothing.' }),
  webhook_url: option<string, undefined>(Type.String(), undefined, {
    description: 'Called once all is done.',
    must: 'an `http` or `https` address',
    absent: "the server's own",
    example: 'https://shop.example/hook',
    page: {
      label: 'Webhook address',
      hint: 'Called when everything is finished. Leave it empty if you do not know what that is.',
    },
  }),
} satisfies OptionSet;

/** Every option of an upload, in the order in which forms and pages show them. */
export const UPLOAD_OPTIONS = { ...REQUEST_OPTIONS, ...CALL_OPTIONS } satisfies OptionSet;

/** What a client asks to be done to every image of a request. */
export type Options = Values<typeof PICTURE_OPTIONS>;
export type RequestOptions = Values<typeof REQUEST_OPTIONS>;
export type UploadOptions = Values<typeof UPLOAD_OPTIONS>;

export const DEFAULT_OPTIONS = presetsOf(PICTURE_OPTIONS) as Options;

/** The part of a request's options that decoders get; nothing of it was written by people. */
export function pictureOptions(options: Options): Options {
  const names = Object.keys(options).filter((name) => name in PICTURE_OPTIONS) as (keyof Options)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as Options;
}

/**
 * The options of a stored request. An option that did not exist yet when it was stored has its default, which is therefore
 * always what was done before there was the option.
 */
export function storedOptions(json: string): RequestOptions {
  return { ...(presetsOf(REQUEST_OPTIONS) as RequestOptions), ...(JSON.parse(json) as Partial<RequestOptions>) };
}
