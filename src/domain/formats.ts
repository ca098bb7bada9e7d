/** What the rest of the program has to know of a picture format. How it is read and written stands in `imaging/formats/`. */
export interface FormatTraits {
  /** As people write it. */
  title: string;
  /** Of a stored file, without the dot. No two formats share one: it tells the format of a stored image. */
  extension: string;
  contentType: string;
  /** Whether it can be transparent. */
  alpha: boolean;
  /** Whether several frames of it are read and written. */
  motion: boolean;
  /** Whether every file of it holds its pixels without loss. */
  lossless: boolean;
  /** The largest width or height that can be written, in pixels. */
  longestSide: number;
  /** Whether the browsers of the last years show it. */
  shownByBrowsers: boolean;
  /** Whether images are stored in it. */
  written: boolean;
  /** Whether an upload can ask for it by name. */
  offered: boolean;
  /** What `format=same` makes of a format that is not written: `jpeg` gives way to PNG where there is transparency. */
  becomes?: 'jpeg' | 'png';
  /** What a person who chooses a format should know of it. */
  remark?: string;
}

/**
 * One record a format, in the order in which people are shown them. Lists, types, schemas, the names of stored files and
 * the documentation are derived from here; a new format is a record here and a file in `imaging/formats/`.
 */
const RECORDS = {
  jpeg: {
    title: 'JPEG',
    extension: 'jpg',
    contentType: 'image/jpeg',
    alpha: false,
    motion: false,
    lossless: false,
    // Of libjpeg; the format itself ends at 65,535.
    longestSide: 65_500,
    shownByBrowsers: true,
    written: true,
    offered: true,
  },
  webp: {
    title: 'WebP',
    extension: 'webp',
    contentType: 'image/webp',
    alpha: true,
    motion: true,
    lossless: false,
    longestSide: 16_383,
    shownByBrowsers: true,
    written: true,
    offered: true,
  },
  avif: {
    title: 'AVIF',
    extension: 'avif',
    contentType: 'image/avif',
    alpha: true,
    motion: false,
    lossless: false,
    longestSide: 16_384,
    shownByBrowsers: true,
    written: true,
    offered: true,
    remark: 'smallest, slow',
  },
  png: {
    title: 'PNG',
    extension: 'png',
    contentType: 'image/png',
    alpha: true,
    motion: false,
    lossless: true,
    longestSide: 2_147_483_647,
    shownByBrowsers: true,
    written: true,
    offered: true,
  },
  gif: {
    title: 'GIF',
    extension: 'gif',
    contentType: 'image/gif',
    alpha: true,
    motion: true,
    lossless: true,
    longestSide: 65_535,
    shownByBrowsers: true,
    written: true,
    offered: false,
  },
  heic: {
    title: 'HEIC',
    extension: 'heic',
    contentType: 'image/heic',
    alpha: true,
    motion: false,
    lossless: false,
    longestSide: 65_535,
    shownByBrowsers: false,
    written: false,
    offered: false,
    becomes: 'jpeg',
  },
  tiff: {
    title: 'TIFF',
    extension: 'tif',
    contentType: 'image/tiff',
    alpha: true,
    motion: false,
    lossless: false,
    longestSide: 2_147_483_647,
    shownByBrowsers: false,
    written: false,
    offered: false,
    becomes: 'jpeg',
  },
  bmp: {
    title: 'BMP',
    extension: 'bmp',
    contentType: 'image/bmp',
    alpha: true,
    motion: false,
    lossless: true,
    longestSide: 2_147_483_647,
    shownByBrowsers: true,
    written: false,
    offered: false,
    becomes: 'jpeg',
  },
  svg: {
    title: 'SVG',
    extension: 'svg',
    contentType: 'image/svg+xml',
    alpha: true,
    motion: false,
    lossless: true,
    longestSide: 2_147_483_647,
    shownByBrowsers: true,
    written: false,
    offered: false,
    becomes: 'png',
  },
  ico: {
    title: 'ICO',
    extension: 'ico',
    contentType: 'image/x-icon',
    alpha: true,
    motion: false,
    lossless: true,
    longestSide: 2_147_483_647,
    shownByBrowsers: true,
    written: false,
    offered: false,
    becomes: 'png',
  },
  jxl: {
    title: 'JPEG XL',
    extension: 'jxl',
    contentType: 'image/jxl',
    alpha: true,
    motion: false,
    lossless: false,
    longestSide: 1_073_741_823,
    shownByBrowsers: false,
    written: false,
    offered: false,
    becomes: 'jpeg',
  },
} as const satisfies Record<string, FormatTraits>;

/** A format that is read. */
export type ImageFormat = keyof typeof RECORDS;

type FormatsWith<Trait extends Partial<FormatTraits>> = {
  [Format in ImageFormat]: (typeof RECORDS)[Format] extends Trait ? Format : never;
}[ImageFormat];

/** A format that images are stored in. */
export type WrittenFormat = FormatsWith<{ written: true }>;
/** A value of the option `format`. */
export type OutputFormat = 'same' | FormatsWith<{ written: true; offered: true }>;

export const FORMATS: Readonly<Record<ImageFormat, Readonly<FormatTraits>>> = RECORDS;

export const IMAGE_FORMATS = Object.keys(RECORDS) as ImageFormat[];

export const WRITTEN_FORMATS = IMAGE_FORMATS.filter(isWritten);

export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  'same',
  ...WRITTEN_FORMATS.filter((format) => FORMATS[format].offered).map((format) => format as OutputFormat),
];

/** Whether images are stored in a format. */
export function isWritten(format: ImageFormat): format is WrittenFormat {
  return FORMATS[format].written;
}

/** The formats that are read, as a sentence lists them: "JPEG, PNG or GIF". */
export function formatTitles(conjunction: 'and' | 'or'): string {
  const titles = IMAGE_FORMATS.map((format) => FORMATS[format].title);
  return new Intl.ListFormat('en-GB', { type: conjunction === 'or' ? 'disjunction' : 'conjunction' }).format(titles);
}
