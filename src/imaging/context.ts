import type { Sharp } from 'sharp';
import type { Note } from '../domain/catalogues/notes.ts';
import type { ImageFormat, WrittenFormat } from '../domain/formats.ts';
import type { Limits } from '../domain/limits.ts';
import type { Options } from '../domain/options.ts';
import type { Source } from './formats/codec.ts';

export type ImageLimits = Pick<Limits, 'pixels' | 'frames'>;

/** What is known of an image while it goes through the steps. Each step reads what earlier ones have set. */
export class Context {
  /** Path of the downloaded file. */
  readonly input: string;
  readonly options: Options;
  readonly limits: ImageLimits;

  // Of the upload.
  formatIn!: ImageFormat;
  bytesIn!: number;
  source!: Source;

  // Of the result. Width and height in pixels, of one frame.
  formatOut!: WrittenFormat;
  width!: number;
  height!: number;
  /** Whether it has more frames than one. */
  isAnimated!: boolean;
  /** Whether the upload, without its metadata, could stand for the result. */
  mayKeepOriginal!: boolean;
  /** Whether nothing else can stand for it. */
  mustKeepOriginal!: boolean;

  /** The picture on its way from one file to the other: libvips computes it when it is encoded. */
  image!: Sharp;
  /** Whether the picture is decoded at half its size. */
  halved!: boolean;
  /** The compressed picture. */
  encoded: Buffer | undefined;
  /** The upload without its metadata, where that is the better result. */
  original: Buffer | undefined;

  /** What the user should know of the result. */
  readonly notes: Note[] = [];

  constructor(input: string, options: Options, limits: ImageLimits) {
    this.input = input;
    this.options = options;
    this.limits = limits;
  }
}

/** One thing that is done to an image. @throws ImageFailure */
export type Step = (context: Context) => void | Promise<void>;
