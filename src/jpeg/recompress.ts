import { Codec, isTrap } from './codec.ts';
import { setUpComponents } from './component-state.ts';
import { decodeScans } from './decode-scans.ts';
import { encodePicture } from './encode-picture.ts';
import type { Frame } from './frame.ts';
import { parseMarkers } from './parse-markers.ts';
import { assertPerfect, transformComponents, transformOf, transformTable } from './transform.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** Decoding the blocks of an MCU may read this many bytes past the end of their data before that is noticed. */
const OVERREAD_BYTES = 1_024;
/** A progressive picture keeps its coefficients until the last scan: 32 MB, or 10 megapixels in 4:2:0. */
const MAX_PROGRESSIVE_BLOCKS = 250_000;

export interface RecompressOptions {
  /** 1 to 100, as libjpeg and sharp understand it. */
  quality: number;
  /** Larger pictures are left to the caller. */
  maxPixels: number;
  /**
   * Whether an ICC profile says no more than sRGB. The result has no profile, so that a picture with another one is left
   * to the caller, who can convert its colours.
   */
  isSrgb: (profile: Buffer) => boolean;
}

export interface Recompressed {
  /** A baseline JPEG, grey or 4:2:0, without metadata. */
  bytes: Buffer;
  /** In pixels, upright. */
  width: number;
  height: number;
  /** Exif orientation of the original, 1 to 8, which has been applied. */
  orientation: number;
}

/**
 * The same picture as a JPEG of a lower quality, without decoding it to samples: its coefficients are decoded, requantized
 * and coded again, with chroma downsampled to 4:2:0. Metadata is dropped, orientation is applied.
 * @param file a whole file; need not be a JPEG
 * @returns undefined for a picture that is damaged, not of the usual kinds, or not above the wanted quality: the caller
 * takes the way through pixels for these, which judges them
 * @example
 * ```ts
 * const smaller = recompressJpeg(readFileSync('photo.jpg'), {
 *   quality: 50,
 *   maxPixels: 50_000_000,
 *   isSrgb: (profile) => profile.equals(SRGB_PROFILE),
 * });
 * if (smaller) writeFileSync('photo-50.jpg', smaller.bytes);
 * ```
 */
export function recompressJpeg(file: Buffer, options: RecompressOptions): Recompressed | undefined {
  try {
    return recompress(file, options);
  } catch (error) {
    // RangeError: a length that points outside of the file. Trap: something that the codec did not expect of one.
    if (error instanceof UnsupportedJpeg || error instanceof RangeError || isTrap(error)) return undefined;
    throw error;
  }
}

function recompress(file: Buffer, { quality, maxPixels, isSrgb }: RecompressOptions): Recompressed {
  const codec = new Codec();
  const frame = parse(file, codec, isSrgb);
  const { width, height, orientation, components } = frame;
  if (width * height > maxPixels) throw new UnsupportedJpeg('size');
  const transform = transformOf(orientation);
  assertPerfect(transform, width, height, components.length === 1 ? 8 : 16);
  const blocks = components.reduce((sum, { blocksWide, blocksHigh }) => sum + blocksWide * blocksHigh, 0);
  if (frame.progressive && blocks > MAX_PROGRESSIVE_BLOCKS) throw new UnsupportedJpeg('size');
  const states = setUpComponents(codec, frame, quality, transform);
  const emptyBlock = decodeScans(codec, frame, states);
  const decoded = emptyBlock + 4;
  const start = orientation === 1 ? decoded : transformComponents(codec, states, transform, decoded);
  const upright = transform.transpose ? { width: height, height: width } : { width, height };
  const quantization = states.map((state) => transformTable(state.quantization, transform));
  return { bytes: encodePicture(codec, upright, quantization, start, emptyBlock), ...upright, orientation };
}

function parse(file: Buffer, codec: Codec, isSrgb: RecompressOptions['isSrgb']): Frame {
  const segments = codec.reserve(OVERREAD_BYTES + file.length);
  codec.run.setUnstuffed(segments + OVERREAD_BYTES + file.length - 1);
  const copy = codec.reserve(file.length + OVERREAD_BYTES);
  codec.bytes(copy, file.length).set(file);
  const frame = parseMarkers(file, codec, copy, isSrgb);
  codec.release(copy);
  return frame;
}
