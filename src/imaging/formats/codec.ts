import type { Sharp } from 'sharp';
import type { ImageFormat, WrittenFormat } from '../../domain/formats.ts';
import type { Options } from '../../domain/options.ts';
import type { SampleCorrection } from '../colour/convert-samples.ts';

/** How one format is recognised, read and written: everything that its bytes ask for. */
export interface Codec {
  /** Whether a file begins as this format does. @param head its first bytes, at most 4,100 */
  recognises(head: Buffer): boolean;
  loader: Loader;
}

/** A format that images are stored in. */
export interface WritingCodec extends Codec {
  encoder: Encoder;
  /**
   * Makes the same picture, pixel for pixel, without what it does not need: EXIF with its places and previews, XMP,
   * comments, unknown parts, and whatever follows the end of the picture.
   * @returns undefined where the file cannot be read to its end
   * @throws RangeError where a length points outside of the file
   */
  cleanMetadata(file: Buffer): Buffer | undefined;
}

/** A codec for every format; one that is written needs an encoder. */
export type Codecs = { readonly [Format in ImageFormat]: Format extends WrittenFormat ? WritingCodec : Codec };

export interface Loader {
  /** The operations of libvips that it needs. All others stay blocked: each is a way in for hostile bytes. */
  operations: readonly string[];
  /** Whether it can decode at half the size for less than the whole costs. */
  canHalve: boolean;
  /**
   * Reads the header only, so that limits hold before anything is decoded. Any error counts as a damaged file.
   */
  inspect(file: string): Promise<Source>;
  /** Opens a file for decoding. Any error counts as a damaged file. */
  open(file: string, how: OpenOptions): Sharp | Promise<Sharp>;
}

/** What the header of an upload says. */
export interface Source {
  /** Pixels as shown, that is after orientation. */
  width: number;
  height: number;
  /** Frames of an animation that the loader reads. */
  frames: number;
  /** Whether it has frames that the loader does not read. */
  hasUnreadFrames?: boolean;
  /** Pages of a document, of which the first is read. */
  pages?: number;
  /** EXIF, 1–8; 1 is upright. */
  orientation: number;
  alpha: boolean;
  grey: boolean;
  /** Whether its colour profile says what holds without one. */
  srgb: boolean;
  /** Whether it has more than 8 bits a channel. */
  deep: boolean;
  /** Whether it has a colour profile, and more than 8 bits a channel. */
  deepProfile: boolean;
  /** Whether it has a profile that does not fit its pixels, or none where there should be one. */
  coloursAssumed?: boolean;
  /** Whether there is a brighter picture for HDR screens behind it. */
  gainMap?: boolean;
  /** Whether the file ends before the picture does, so little that browsers show it all the same. */
  endMissing?: boolean;
  /** What libvips leaves to do with its samples; undefined for most pictures. */
  correction?: SampleCorrection | undefined;
}

interface OpenOptions {
  /** Read all frames instead of the first. */
  animated: boolean;
  /** Take the pixels for sRGB, whatever profile the file has. */
  ignoreProfile: boolean;
  /** The file ends before the picture does. */
  endMissing: boolean;
  /** Decode at half the width and height; only where the loader can. */
  halved: boolean;
}

export interface EncodeTarget extends Pick<Options, 'quality' | 'effort'> {
  /** Of the result, all frames together. */
  pixels: number;
}

/** One way to write a picture. */
export type Encode = (image: Sharp, target: EncodeTarget) => Promise<Buffer>;

export interface Encoder {
  encode: Encode;
  /**
   * Further ways for `effort=small`, each of which may turn out smaller than `encode`.
   * @param isFlat whether the picture may take fewer bytes without any loss than with a palette
   */
  alternatives(target: EncodeTarget, isFlat: boolean): Encode[];
}

/** More effort sometimes makes more bytes, so `small` tries what `fast` does as well. */
export function orFast(encode: Encode): Encoder['alternatives'] {
  return () => [(image, target) => encode(image, { ...target, effort: 'fast' })];
}
