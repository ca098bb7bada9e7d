import type { AvifOptions, GifOptions, JpegOptions, PngOptions, Sharp, WebpOptions } from 'sharp';
import { EFFORTS, type Effort, type ImageFormat, type Options } from '../domain/options.ts';
import { encodeWithPalette } from './palette/encode-with-palette.ts';
import { readPixels } from './palette/read-pixels.ts';

type Wish = Pick<Options, 'quality' | 'effort'>;

/** Above this many pixels AVIF at effort 4 would pass the time limit of one image. */
const AVIF_SLOW_PIXELS = 6_000_000;

/** Above this many pixels filters of a PNG, and more than one palette, would pass it, too, while all cores are busy. */
const PNG_SLOW_PIXELS = 12_000_000;

/** One of several ways to write an image. */
export type Way = (image: Sharp) => Promise<Buffer>;

/** Writes an image. @param pixels of the result, all frames together */
export function encodeAs(image: Sharp, format: ImageFormat, wish: Wish, pixels: number): Promise<Buffer> {
  switch (format) {
    case 'jpeg':
      return image.jpeg(jpegOptions(wish)).toBuffer();
    case 'png':
      return wish.quality === 100
        ? image.png(losslessOptions(wish, pixels)).toBuffer()
        : palettePng(image, wish, pixels);
    case 'webp':
      return image.webp(webpOptions(wish)).toBuffer();
    case 'avif':
      return image.avif(avifOptions(wish, pixels)).toBuffer();
    case 'gif':
      return image.gif(gifOptions(wish)).toBuffer();
  }
}

/**
 * What may come out smaller than what `small` writes. More effort happens to make more bytes: then `fast` is one of these
 * ways. For JPEG and palettes it never was smaller.
 * @param flat whether a picture may take fewer bytes without any loss than with a palette
 */
export function otherWays(format: ImageFormat, { quality }: Wish, pixels: number, flat: boolean): Way[] {
  switch (format) {
    case 'jpeg':
      return [];
    case 'png': {
      // What is above the limit is written without filters at once.
      const filtered = pixels <= PNG_SLOW_PIXELS;
      if (quality === 100) return filtered ? [unfiltered] : [];
      if (!flat) return [];
      const lossless: Way = (image) => encodeAs(image, 'png', { quality: 100, effort: 'small' }, pixels);
      return filtered ? [lossless, unfiltered] : [lossless];
    }
    default:
      return [(image) => encodeAs(image, format, { quality, effort: 'fast' }, pixels)];
  }
}

/** Filters spoil what repeats itself: flat colours, dithering, few colours. */
function unfiltered(image: Sharp): Promise<Buffer> {
  return image.png({ compressionLevel: 9 }).toBuffer();
}

/**
 * Huffman tables made for each image cost a third of the time and save a tenth of the bytes, so `fast` does without (where
 * it goes through pixels).
 */
function jpegOptions({ quality, effort }: Wish): JpegOptions {
  return effort === 'fast' ? { quality, optimiseCoding: false } : { quality, mozjpeg: true };
}

function losslessOptions({ effort }: Wish, pixels: number): PngOptions {
  const small = effort === 'small';
  return { compressionLevel: small ? 9 : 6, adaptiveFiltering: small && pixels <= PNG_SLOW_PIXELS };
}

/** Only 100 is lossless; everything below uses a palette, unless that would show. */
async function palettePng(image: Sharp, { quality, effort }: Wish, pixels: number): Promise<Buffer> {
  const thorough = effort === 'small' && pixels <= PNG_SLOW_PIXELS;
  return (
    (await withPalette(image.clone(), quality, thorough ? EFFORTS : ['fast'])) ??
    // Too many flat colours are a gradient, for which filters are made.
    image.png({ compressionLevel: thorough ? 9 : 6, adaptiveFiltering: pixels <= PNG_SLOW_PIXELS }).toBuffer()
  );
}

/** With more effort colours fit better, which happens to make more bytes. @returns the smallest, if any */
async function withPalette(image: Sharp, quality: number, efforts: readonly Effort[]): Promise<Buffer | undefined> {
  const pixels = await readPixels(image);
  let smallest: Buffer | undefined;
  for (const effort of efforts) {
    const bytes = await encodeWithPalette(pixels, quality, effort);
    if (bytes && (!smallest || bytes.length < smallest.length)) smallest = bytes;
  }
  return smallest;
}

function webpOptions({ quality, effort }: Wish): WebpOptions {
  return { quality, effort: effort === 'fast' ? 2 : 5 };
}

function avifOptions({ quality, effort }: Wish, pixels: number): AvifOptions {
  const slow = pixels > AVIF_SLOW_PIXELS ? 1 : 4;
  return { quality, effort: effort === 'fast' ? 0 : slow };
}

/**
 * GIF knows no quality: frames that may differ a little from the one before save its bytes. A palette is used again only
 * where it holds the same colours, and with less effort libimagequant leaves out their lowest bits.
 */
function gifOptions({ quality, effort }: Wish): GifOptions {
  return {
    interFrameMaxError: Math.round((100 - quality) / 8),
    interPaletteMaxError: 1,
    effort: effort === 'fast' ? 5 : 8,
  };
}
