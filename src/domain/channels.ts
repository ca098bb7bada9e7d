import { checkNote, type Note } from './catalogues/notes.ts';
import { FORMATS, type ImageFormat } from './formats.ts';
import type { ImageResult } from './image.ts';

/** What can be told of a picture without looking at what it shows. */
type Seen = { format: ImageFormat; width: number; height: number; bytes: number };

/** One published rule of a sales channel. */
interface Rule {
  /** The end of the code of its note. */
  name: string;
  /** For docs/checks.md. */
  text: string;
  isBroken(picture: Seen): boolean;
  /** What is wrong, and what to do; completes "The picture has 80 × 60 pixels; ". */
  advice: string;
}

interface Channel {
  title: string;
  /** Where the channel publishes its rules. */
  source: string;
  /** When they were read. */
  asOf: string;
  rules: readonly Rule[];
}

const AS_OF = '2026-11-28';

const accepts = (title: string, formats: readonly ImageFormat[]): Rule => ({
  name: 'format',
  text: `The format is ${titles(formats)}.`,
  isBroken: ({ format }) => !formats.includes(format),
  advice: `${title} takes ${titles(formats)}. Choose format=jpeg.`,
});

const longestAtLeast = (title: string, pixels: number): Rule => ({
  name: 'too_small',
  text: `The longest side has ${pixels} pixels or more.`,
  isBroken: ({ width, height }) => Math.max(width, height) < pixels,
  advice: `${title} asks for ${pixels} on the longest side. Upload a larger picture.`,
});

function titles(formats: readonly ImageFormat[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(formats.map((format) => FORMATS[format].title));
}

/** Only rules that the channel publishes and that hold whatever the picture shows; see docs/checks.md for what is left out. */
export const CHANNELS = {
  'google-merchant': {
    title: 'Google Merchant Center',
    source: 'https://support.google.com/merchants/answer/6324350',
    asOf: AS_OF,
    rules: [
      {
        name: 'too_small',
        text: 'Width and height are 500 pixels or more (for all products from 31 January 2027).',
        isBroken: ({ width, height }) => Math.min(width, height) < 500,
        advice: 'Google asks for 500 × 500 or more. Upload a larger picture.',
      },
      {
        name: 'too_many_pixels',
        text: 'There are 64 megapixels at most.',
        isBroken: ({ width, height }) => width * height > 64_000_000,
        advice: 'Google takes 64 megapixels at most. Set max_width and max_height.',
      },
      {
        name: 'too_many_bytes',
        text: 'The file has 16 MB at most.',
        isBroken: ({ bytes }) => bytes > 16_000_000,
        advice: 'Google takes files of 16 MB at most. Set max_bytes.',
      },
      accepts('Google', ['jpeg', 'webp', 'png', 'gif']),
    ],
  },
  amazon: {
    title: 'Amazon',
    source: 'https://sellercentral.amazon.com/gp/help/external/G9FUUH87RBNXGKB7',
    asOf: AS_OF,
    rules: [
      longestAtLeast('Amazon', 1_000),
      {
        name: 'too_large',
        text: 'The longest side has 10,000 pixels at most.',
        isBroken: ({ width, height }) => Math.max(width, height) > 10_000,
        advice: 'Amazon takes 10,000 on the longest side at most. Set max_width and max_height.',
      },
      accepts('Amazon', ['jpeg', 'png', 'gif']),
    ],
  },
  ebay: {
    title: 'eBay',
    source: 'https://www.ebay.com/help/policies/listing-policies/picture-policy?id=4370',
    asOf: AS_OF,
    rules: [longestAtLeast('eBay', 500)],
  },
} as const satisfies Record<string, Channel>;

export type ChannelName = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as ChannelName[];

/**
 * Which published rules of these channels a picture breaks as a result, which is what the channel gets. What is too small
 * was so as an upload, since nothing is enlarged; what is too large or in another format was mended.
 */
export function channelNotes(channels: readonly ChannelName[], result: ImageResult): Note[] {
  const after: Seen = {
    format: result.formatOut,
    width: result.width,
    height: result.height,
    bytes: result.bytesOut,
  };
  return channels.flatMap((name) => {
    const broken = (CHANNELS[name].rules as readonly Rule[]).filter((rule) => rule.isBroken(after));
    return broken.map((rule) => checkNote(name, rule.name, `${shown(after)}; ${rule.advice}`));
  });
}

function shown({ width, height, bytes, format }: Seen): string {
  return `The picture has ${width} × ${height} pixels and ${bytes} bytes as ${FORMATS[format].title}`;
}
