import type { Sharp } from 'sharp';
import type { Note } from '../domain/catalogues/notes.ts';
import type { ImageFormat, WrittenFormat } from '../domain/formats.ts';
import type { Limits } from '../domain/limits.ts';
import type { Options } from '../domain/options.ts';
import type { Size } from '../domain/picture-size.ts';
import type { Shrink, Source } from './formats/codec.ts';

export type ImageLimits = Pick<Limits, 'pixels' | 'frames'>;

/** What the pictures that are made of one upload have in common. */
export interface Shared {
  /** What its header says, once it was read. */
  source?: Source;
}

/** One way in which a picture was encoded. */
export interface Encoded {
  quality: number;
  bytes: number;
}

/** What is known of an image while it goes through the steps. Each step reads what earlier ones have set. */
export class Context {
  /** Path of the downloaded file. */
  readonly input: string;
  readonly options: Options;
  readonly limits: ImageLimits;
  readonly shared: Shared;

  // Of the upload.
  formatIn!: ImageFormat;
  bytesIn!: number;
  source!: Source;

  // Of the result. Width and height in pixels, of one frame.
  formatOut!: WrittenFormat;
  width!: number;
  height!: number;
  /** What the whole picture is scaled to, before it is cut, or before a ground is put around it. */
  inner!: Size;
  /** Whether it has more frames than one. */
  isAnimated!: boolean;
  /** Whether the upload, without its metadata, could stand for the result. */
  mayKeepOriginal!: boolean;
  /** Whether nothing else can stand for it. */
  mustKeepOriginal!: boolean;

  /** The picture on its way from one file to the other: libvips computes it when it is encoded. */
  image!: Sharp;
  /** Whether a grey upload has to become coloured, for the sake of its background. */
  inColour!: boolean;
  /** The size that `image` begins with, of one frame. */
  decoded!: Size;
  /** By what the width and the height are divided while it is decoded. */
  shrink: Shrink = 1;
  /** What was encoded already and has too many bytes. */
  tooLarge: Encoded | undefined;
  /** The compressed picture. */
  encoded: Buffer | undefined;
  /** The upload without its metadata, where that is the better result. */
  original: Buffer | undefined;

  /** What the user should know of the result. */
  readonly notes: Note[] = [];

  constructor(input: string, options: Options, limits: ImageLimits, shared: Shared = {}) {
    this.input = input;
    this.options = options;
    this.limits = limits;
    this.shared = shared;
  }

  /** Whether the result shows all that the upload shows, at its size. */
  get isWhole(): boolean {
    return this.width === this.source.width && this.height === this.source.height;
  }
}

export async function runSteps(steps: readonly Step[], context: Context): Promise<void> {
  for (const step of steps) await step(context);
}

/** One thing that is done to an image. @throws ImageFailure */
export type Step = (context: Context) => void | Promise<void>;
