import type { AvifOptions, GifOptions, JpegOptions, PngOptions, Sharp, WebpOptions } from 'sharp';
import type { ImageFormat, Options } from '../domain/options.ts';

type Wish = Pick<Options, 'quality' | 'effort'>;

/** Above this many pixels AVIF at effort 4 would pass the time limit of one image. */
const AVIF_SLOW_PIXELS = 6_000_000;

/** Above this many pixels filters and the best palette of a PNG would pass it, too, while all cores are busy. */
const PNG_SLOW_PIXELS = 12_000_000;

/** One of several ways to write an image. */
export type Way = (image: Sharp) => Sharp;

/** Sets how an image is written. @param pixels of the result, all frames together */
export function encodeAs(image: Sharp, format: ImageFormat, wish: Wish, pixels: number): Sharp {
  switch (format) {
    case 'jpeg':
      return image.jpeg(jpegOptions(wish));
    case 'png':
      return image.png(pngOptions(wish, pixels));
    case 'webp':
      return image.webp(webpOptions(wish));
    case 'avif':
      return image.avif(avifOptions(wish, pixels));
    case 'gif':
      return image.gif(gifOptions(wish));
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
      const lossless: Way = (image) => image.png(pngOptions({ quality: 100, effort: 'small' }, pixels));
      return filtered ? [lossless, unfiltered] : [lossless];
    }
    default:
      return [(image) => encodeAs(image, format, { quality, effort: 'fast' }, pixels)];
  }
}

/** Filters spoil what repeats itself: flat colours, dithering, few colours. */
function unfiltered(image: Sharp): Sharp {
  return image.png({ compressionLevel: 9 });
}

/**
 * Huffman tables made for each image cost a third of the time and save a tenth of the bytes, so `fast` does without (where
 * it goes through pixels).
 */
function jpegOptions({ quality, effort }: Wish): JpegOptions {
  return effort === 'fast' ? { quality, optimiseCoding: false } : { quality, mozjpeg: true };
}

/** Only 100 is lossless; everything below uses a palette. */
function pngOptions({ quality, effort }: Wish, pixels: number): PngOptions {
  const compressionLevel = effort === 'fast' ? 6 : 9;
  const thorough = effort === 'small' && pixels <= PNG_SLOW_PIXELS;
  if (quality === 100) return { compressionLevel, adaptiveFiltering: thorough };
  return { palette: true, quality, compressionLevel, effort: thorough ? 8 : 2 };
}

function webpOptions({ quality, effort }: Wish): WebpOptions {
  return { quality, effort: effort === 'fast' ? 2 : 5 };
}

function avifOptions({ quality, effort }: Wish, pixels: number): AvifOptions {
  const slow = pixels > AVIF_SLOW_PIXELS ? 1 : 4;
  return { quality, effort: effort === 'fast' ? 0 : slow };
}

/** GIF knows no quality: fewer colours, and frames that may differ a little from the one before, save its bytes. */
function gifOptions({ quality, effort }: Wish): GifOptions {
  return {
    colours: Math.max(16, Math.round(256 * Math.min(1, 0.25 + quality / 80))),
    interFrameMaxError: Math.round((100 - quality) / 8),
    interPaletteMaxError: Math.round((100 - quality) / 12),
    effort: effort === 'fast' ? 2 : 8,
  };
}
