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
import { requantizeJpeg } from './requantize-jpeg.ts';
import { resize } from './resize.ts';

/** What comes in, and what is to become of it. `requantizeJpeg` may finish the picture here. */
export const PREPARE: readonly Step[] = [
  detectFormat,
  requantizeJpeg,
  inspectHeader,
  chooseSize,
  chooseFormat,
  chooseFrames,
];

/** From the file to pixels and back, for a picture that is not finished. */
export const RENDER: readonly Step[] = [open, orient, convertColours, resize, flatten, encode];

/** Which bytes are the result, and what is to be known of them. */
export const FINISH: readonly Step[] = [keepOriginal, noteChanges];
