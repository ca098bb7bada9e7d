import type { Step } from '../context.ts';
import { chooseFormat } from './choose-format.ts';
import { chooseFrames } from './choose-frames.ts';
import { chooseSize } from './choose-size.ts';
import { convertColours } from './convert-colours.ts';
import { detectFormat } from './detect-format.ts';
import { encode } from './encode.ts';
import { flatten } from './flatten.ts';
import { inspectHeader } from './inspect-header.ts';
import { keepOriginal } from './keep-original.ts';
import { noteChanges } from './note-changes.ts';
import { open } from './open.ts';
import { orient } from './orient.ts';
import { pad } from './pad.ts';
import { requantizeJpeg } from './requantize-jpeg.ts';
import { resize } from './resize.ts';

/**
 * What comes in, and what is to become of it. `requantizeJpeg` may finish the picture here: at once, or where a largest
 * width or height is given, when it is known that the picture has no more.
 */
export const PREPARE: readonly Step[] = [
  detectFormat,
  requantizeJpeg,
  inspectHeader,
  chooseSize,
  chooseFormat,
  chooseFrames,
  requantizeJpeg,
];

/** From the file to upright pixels in sRGB. */
export const DECODE: readonly Step[] = [open, orient, convertColours];

/** From pixels to the bytes of the result. */
export const RENDER: readonly Step[] = [resize, pad, flatten, encode];

/** Which bytes are the result, and what is to be known of them. */
export const FINISH: readonly Step[] = [keepOriginal, noteChanges];
