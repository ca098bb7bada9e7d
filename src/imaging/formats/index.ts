import { IMAGE_FORMATS, type ImageFormat } from '../../domain/formats.ts';
import { avif } from './avif.ts';
import { bmp } from './bmp.ts';
import type { Codec, Codecs } from './codec.ts';
import { gif } from './gif.ts';
import { heic } from './heic.ts';
import { ico } from './ico.ts';
import { jpeg } from './jpeg.ts';
import { jxl } from './jxl.ts';
import { png } from './png.ts';
import { svg } from './svg.ts';
import { tiff } from './tiff.ts';
import { webp } from './webp.ts';

/** How each format of `domain/formats.ts` is read and written. */
export const CODECS: Codecs = { jpeg, webp, avif, png, gif, heic, tiff, bmp, svg, ico, jxl };

/** Everything that decoders may load with libvips. */
export const LOADER_OPERATIONS: string[] = Object.values<Codec>(CODECS).flatMap(({ loader }) => loader.operations);

/** The format that a file begins as. @param head its first bytes */
export function recogniseFormat(head: Buffer): ImageFormat | undefined {
  return IMAGE_FORMATS.find((format) => CODECS[format].recognises(head));
}
