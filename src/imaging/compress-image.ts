import { closeSync, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import sharp, { type Metadata } from 'sharp';
import { ImageFailure } from '../domain/failure.ts';
import type { ImageResult } from '../domain/image.ts';
import type { Limits } from '../domain/limits.ts';
import type { ImageFormat, Options } from '../domain/options.ts';
import { recompressJpeg } from '../jpeg/recompress.ts';
import { isAnimatedPng } from './clean/png.ts';
import { cleanMetadata } from './clean-metadata.ts';
import { encodeSmallest } from './encode-smallest.ts';
import { SNIFFED_BYTES, sniff } from './sniff.ts';
import { isSrgb } from './srgb-profile.ts';

export type ImageLimits = Pick<Limits, 'pixels' | 'frames'>;

/** Formats that can hold several frames. PNG can, too, but neither reads nor writes them here. */
const MOVING: ReadonlySet<ImageFormat> = new Set(['gif', 'webp']);
/** WebP and AVIF may be; they do not say so at once. */
const LOSSLESS: ReadonlySet<ImageFormat> = new Set(['png', 'gif']);
const WITHOUT_ALPHA: ReadonlySet<ImageFormat> = new Set(['jpeg']);

/**
 * An option of libvips, which takes them behind the name of a file: a JPEG is decoded at half the size, from a quarter of
 * its coefficients. By itself sharp does so only for a third of the size and less.
 */
const HALVED = '[shrink=2]';

/**
 * One picture from file to file, in this order: sniff, inspect, decode, orient, colours, scale, flatten, encode, and the
 * original instead where that came out larger. A JPEG that may stay one skips everything between sniff and encode.
 * @param output path of the file that gets the result
 * @throws ImageFailure
 */
export async function compressImage(
  input: string,
  output: string,
  options: Options,
  limits: ImageLimits,
): Promise<ImageResult> {
  // A decoder process has one image and nothing else to do: it may wait for its files.
  const { head, bytesIn } = readHead(input);
  const formatIn = await sniff(head);
  const formatOut = options.format === 'same' ? formatIn : options.format;
  const recompressed = mayStayJpeg(formatIn, formatOut, options)
    ? recompressJpeg(readFileSync(input), { quality: options.quality, maxPixels: limits.pixels, isSrgb })
    : undefined;
  const source: Source = recompressed
    ? { frames: 1, grey: false, srgb: false, deepProfile: false, ...recompressed }
    : await inspect(input, formatIn, limits);
  const width = scaled(source.width, options.scale);
  const height = scaled(source.height, options.scale);
  const known = { formatIn, widthIn: source.width, heightIn: source.height, bytesIn };

  const same = options.scale === 100 && formatOut === formatIn && source.orientation === 1;
  // An animated PNG would lose all frames but the first.
  const keep = same && formatIn === 'png' && (await isAnimatedPng(input));
  const encoded =
    keep || recompressed
      ? recompressed?.bytes
      : await encode(input, source, { ...options, ...known, formatOut, width, height });
  // Where the original cannot be cleaned: better some bytes more than somebody's place of living.
  const original =
    same && (encoded === undefined || encoded.length >= known.bytesIn)
      ? cleanMetadata(readFileSync(input), formatIn)
      : undefined;
  const kept = original !== undefined && (encoded === undefined || original.length <= encoded.length);
  const bytes = kept ? original : encoded;
  if (!bytes) throw new ImageFailure('corrupt_image');
  writeFileSync(output, bytes);
  const outcome = kept ? 'kept_original' : 'compressed';
  return { outcome, ...known, formatOut, width, height, bytesOut: bytes.length };
}

interface Source {
  /** As shown: after orientation. */
  width: number;
  height: number;
  frames: number;
  /** EXIF, 1–8; 1 is upright. */
  orientation: number;
  grey: boolean;
  /** Its profile says what holds without one. */
  srgb: boolean;
  /** It has a profile, and more than 8 bits a channel. */
  deepProfile: boolean;
}

/** JPEG that stays JPEG, of its size, need not go through pixels. */
function mayStayJpeg(from: ImageFormat, to: ImageFormat, { scale, effort }: Options): boolean {
  return from === 'jpeg' && to === 'jpeg' && scale === 100 && effort === 'fast';
}

function readHead(file: string): { head: Buffer; bytesIn: number } {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(SNIFFED_BYTES);
    const read = readSync(descriptor, head);
    return { head: head.subarray(0, read), bytesIn: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}

/** What the header says, before anything is decoded: the place for limits. */
async function inspect(file: string, format: ImageFormat, limits: ImageLimits): Promise<Source> {
  const metadata = await attempt(() =>
    sharp(file, { animated: MOVING.has(format), limitInputPixels: false }).metadata(),
  );
  // The decoder looks at more than the first bytes; where the two disagree the file is made to deceive.
  if (formatOf(metadata) !== format) throw new ImageFailure('corrupt_image');
  const { width, autoOrient, pages: frames = 1, pageHeight = metadata.height, orientation = 1, space, icc } = metadata;
  if (width * pageHeight * frames > limits.pixels || frames > limits.frames) throw new ImageFailure('too_many_pixels');
  const turned = autoOrient.width !== width;
  return {
    width: turned ? pageHeight : width,
    height: turned ? width : pageHeight,
    frames,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    grey: space === 'b-w' || space === 'grey16',
    srgb: (space === 'srgb' || space === 'rgb16') && icc !== undefined && isSrgb(icc),
    deepProfile: (space === 'rgb16' || space === 'grey16') && icc !== undefined,
  };
}

function formatOf({ format, compression }: Metadata): string {
  return format === 'heif' && compression === 'av1' ? 'avif' : String(format);
}

function scaled(size: number, percent: number): number {
  return Math.max(1, Math.round((size * percent) / 100));
}

interface Target extends Options {
  formatIn: ImageFormat;
  bytesIn: number;
  formatOut: ImageFormat;
  width: number;
  height: number;
}

/** Half of an odd number of pixels would have to be stretched. */
function halvesExactly(source: Source, { formatIn, scale, width, height }: Target): boolean {
  return formatIn === 'jpeg' && scale === 50 && width * 2 === source.width && height * 2 === source.height;
}

/** What the picture takes without loss, as far as its file says that. */
function losslessBytes({ frames }: Source, { formatIn, scale, bytesIn }: Target): number {
  return LOSSLESS.has(formatIn) && frames === 1 && scale === 100 ? bytesIn : Number.POSITIVE_INFINITY;
}

async function encode(input: string, source: Source, target: Target): Promise<Buffer> {
  const { formatOut, width, height, scale } = target;
  const moving = source.frames > 1 && MOVING.has(formatOut);
  const file = halvesExactly(source, target) ? `${input}${HALVED}` : input;
  // To calculate sRGB from sRGB would take as long as to decode.
  let image = sharp(file, { failOn: 'error', animated: moving, limitInputPixels: false, ignoreIcc: source.srgb });
  // Animations carry no orientation that viewers obey, and several frames cannot be turned.
  if (!moving) image = image.autoOrient();
  const space = source.grey ? 'b-w' : 'srgb';
  // Of more than 8 bits sharp makes Display P3 instead of sRGB, and leaves a profile for grey unread.
  if (source.deepProfile) image = image.pipelineColourspace(space);
  image = image.toColourspace(space);
  if (scale !== 100 && file === input) image = image.resize({ width, height, fit: 'fill' });
  if (WITHOUT_ALPHA.has(formatOut)) image = image.flatten({ background: '#ffffff' });
  const pixels = width * height * (moving ? source.frames : 1);
  // Written by us, not by the encoder: it cannot tell a full disk from a broken picture.
  return attempt(() => encodeSmallest(image, formatOut, target, pixels, losslessBytes(source, target)));
}

/** Errors of the decoder are the file's fault. */
async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new ImageFailure('corrupt_image', { cause });
  }
}
