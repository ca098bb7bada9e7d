import type { ImageFormat } from '../domain/options.ts';
import { cleanAvif } from './clean/avif.ts';
import { cleanGif } from './clean/gif.ts';
import { cleanJpeg } from './clean/jpeg.ts';
import { cleanPng } from './clean/png.ts';
import { cleanWebp } from './clean/webp.ts';

const CLEANERS: Record<ImageFormat, (file: Buffer) => Buffer | undefined> = {
  jpeg: cleanJpeg,
  png: cleanPng,
  webp: cleanWebp,
  gif: cleanGif,
  avif: cleanAvif,
};

/**
 * The same picture, pixel for pixel, without what it does not need: EXIF with its places and previews, XMP, comments,
 * unknown parts, and whatever was hung on behind the end.
 * @returns undefined where the file cannot be followed to its end
 */
export function cleanMetadata(file: Buffer, format: ImageFormat): Buffer | undefined {
  try {
    return CLEANERS[format](file);
  } catch (error) {
    // A length that points outside of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
