import { Type } from 'typebox';
import { FORMATS, OUTPUT_FORMATS, type OutputFormat } from './formats.ts';
import { choice, type OptionSet, option, presetsOf, type Values, whole } from './option.ts';

const FITS = ['inside', 'pad', 'cover'] as const;

/** libjpeg and libvips write no more in a row; what is larger was never a picture for a shop. */
const LONGEST_SIDE = 65_500;

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
  max_width: whole(1, LONGEST_SIDE, undefined, {
    description: 'The largest width in pixels, after `scale`. No picture is ever enlarged.',
    absent: 'any',
    example: '1600',
    page: { label: 'Largest width', hint: 'In pixels; smaller pictures stay as they are' },
  }),
  max_height: whole(1, LONGEST_SIDE, undefined, {
    description: 'The largest height in pixels, after `scale`. No picture is ever enlarged.',
    absent: 'any',
    example: '1600',
    page: { label: 'Largest height', hint: 'In pixels; smaller pictures stay as they are' },
  }),
  fit: choice(FITS, 'inside', {
    description:
      'How a picture comes to `max_width` and `max_height`. `inside`: it keeps its proportions and fits in; `pad`: to exactly that size, with `background` around it; `cover`: to exactly that size, cut around its most interesting part.',
    page: {
      label: 'Fit',
      hint: 'What happens to pictures of other proportions',
      choices: { inside: 'Fit inside', pad: 'Add ground', cover: 'Cut' },
    },
  }),
  background: option<string, '#ffffff'>(Type.String({ pattern: '^(#[0-9a-fA-F]{6}|transparent)$' }), '#ffffff', {
    description:
      'What is put around a picture with `fit=pad`, and behind a transparent one where its format cannot be transparent. `transparent` is white in such a format.',
    must: 'a colour such as #ffffff, or transparent',
    page: { label: 'Background', hint: 'A colour such as #ffffff, or transparent' },
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
  max_bytes: whole(1_000, 1_000_000_000, undefined, {
    description:
      'The most bytes that a picture may have: the highest quality up to `quality` that fits is taken, where the format has one (JPEG, WebP, AVIF).',
    absent: 'any',
    example: '200000',
    page: { label: 'Most bytes', hint: 'The quality is lowered until a picture fits' },
  }),
} satisfies OptionSet;

/** What a client asks to be made of an image. */
export type Options = Values<typeof PICTURE_OPTIONS>;

export const DEFAULT_OPTIONS = presetsOf(PICTURE_OPTIONS) as Options;

/** The part of a request's options that decoders get; nothing of it was written by people. */
export function pictureOptions(options: Options): Options {
  const names = Object.keys(options).filter((name) => name in PICTURE_OPTIONS) as (keyof Options)[];
  return Object.fromEntries(names.map((name) => [name, options[name]])) as unknown as Options;
}
