import { type GifBlock, gifBlocks } from './gif-blocks.ts';

/** Packed field of a graphic control extension (GIF89a section 23): where it stands, and what its bits say. */
const PACKED = 3;
const TRANSPARENT_INDEX = 6;
const TRANSPARENT = 0x01;
const DISPOSAL = 0x1c;
const TO_BACKGROUND = 0x08;

/** No entry of a smaller colour table. */
const UNUSED_INDEX = 255;

/** What stands before a frame without a control: a tenth of a second, as decoders take it then. */
const CONTROL = Buffer.from([0x21, 0xf9, 4, 0, 10, 0, 0, 0]);

interface Frame {
  control: GifBlock | undefined;
  image: Extract<GifBlock, { kind: 'image' }>;
}

/**
 * Browsers leave a canvas transparent where no frame draws, and where a frame is disposed of. libvips does so only in files
 * that name a transparent colour, and makes it black in others. So these get one that no pixel has.
 * @returns the changed file; undefined where nothing has to change, or nothing can
 */
export function withTransparentCanvas(file: Buffer): Buffer | undefined {
  const frames = framesOf(file);
  if (frames.some(({ control }) => control && isTransparent(file, control))) return undefined;
  if (!showsCanvas(file, frames)) return undefined;
  const parts: Buffer[] = [];
  let copied = 0;
  for (const { control, image } of frames) {
    if (image.colours > UNUSED_INDEX) continue;
    const [start, end] = control ? [control.start, control.end] : [image.start, image.start];
    const changed = Buffer.from(control ? file.subarray(start, end) : CONTROL);
    changed.writeUInt8(changed.readUInt8(PACKED) | TRANSPARENT, PACKED);
    changed.writeUInt8(UNUSED_INDEX, TRANSPARENT_INDEX);
    parts.push(file.subarray(copied, start), changed);
    copied = end;
  }
  return parts.length > 0 ? Buffer.concat([...parts, file.subarray(copied)]) : undefined;
}

function framesOf(file: Buffer): Frame[] {
  const frames: Frame[] = [];
  let control: GifBlock | undefined;
  try {
    for (const block of gifBlocks(file)) {
      if (block.kind === 'graphic control') control = block;
      if (block.kind !== 'image') continue;
      frames.push({ control, image: block });
      control = undefined;
    }
  } catch (error) {
    // Cut off: the decoder judges how much of it can be shown.
    if (!(error instanceof RangeError)) throw error;
  }
  return frames;
}

function isTransparent(file: Buffer, { start }: GifBlock): boolean {
  return (file.readUInt8(start + PACKED) & TRANSPARENT) !== 0;
}

/** Whether some of the canvas shows: beside the first frame, or where a frame goes back to it. */
function showsCanvas(file: Buffer, frames: Frame[]): boolean {
  const [first] = frames;
  if (!first) return false;
  const width = Math.max(file.readUInt16LE(6), ...frames.map(({ image }) => image.right));
  const height = Math.max(file.readUInt16LE(8), ...frames.map(({ image }) => image.bottom));
  const { left, top, right, bottom } = first.image;
  if (left > 0 || top > 0 || right < width || bottom < height) return true;
  return frames.slice(0, -1).some(({ control }) => {
    return control !== undefined && (file.readUInt8(control.start + PACKED) & DISPOSAL) === TO_BACKGROUND;
  });
}
