import { type Encode, orFast, type WritingCodec } from './codec.ts';
import { vipsLoader } from './vips-loader.ts';

/**
 * GIF has no quality; what saves bytes is to let a frame differ a little from the one before. A palette is used again only
 * where it holds the same colours. With an effort below 5 libimagequant leaves out the lowest bits of colours.
 */
const encode: Encode = (image, { quality, effort }) =>
  image
    .gif({
      interFrameMaxError: Math.round((100 - quality) / 8),
      interPaletteMaxError: 1,
      effort: effort === 'fast' ? 5 : 8,
    })
    .toBuffer();

export const gif: WritingCodec = {
  recognises: (head) => ['GIF87a', 'GIF89a'].includes(head.toString('latin1', 0, 6)),
  loader: vipsLoader({ operation: 'Nsgif', matches: ({ format }) => format === 'gif', animated: true }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanGif,
};

const HEADER = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
/** Delay and transparency of the next frame (GIF89a section 23). */
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
/** The application extensions that say how often an animation runs. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Blocks as in GIF89a; drops comments, text and extensions of other programs. */
function cleanGif(file: Buffer): Buffer | undefined {
  let at = HEADER + colourTable(file.readUInt8(10));
  const kept: Buffer[] = [file.subarray(0, at)];
  while (at < file.length) {
    const start = at;
    const kind = file.readUInt8(at++);
    if (kind === TRAILER) return Buffer.concat([...kept, file.subarray(start, at)]);
    if (kind === EXTENSION) {
      const label = file.readUInt8(at++);
      const name = file.toString('latin1', at + 1, at + 12);
      at = afterSubBlocks(file, at);
      if (label === GRAPHIC_CONTROL || (label === APPLICATION && LOOPS.includes(name)))
        kept.push(file.subarray(start, at));
    } else if (kind === IMAGE) {
      at += 9 + colourTable(file.readUInt8(at + 8));
      at = afterSubBlocks(file, at + 1);
      kept.push(file.subarray(start, at));
    } else {
      return undefined;
    }
  }
  return undefined;
}

/** Bytes of the colour table that a packed field announces (section 18 and 20). */
function colourTable(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 0x07) + 1) : 0;
}

function afterSubBlocks(file: Buffer, start: number): number {
  let at = start;
  for (let size = file.readUInt8(at); size !== 0; size = file.readUInt8(at)) at += size + 1;
  return at + 1;
}
