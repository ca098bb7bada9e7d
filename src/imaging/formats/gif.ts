import { readFileSync } from 'node:fs';
import { type Encode, orFast, type WritingCodec } from './codec.ts';
import { blocksStart, gifBlocks } from './gif-blocks.ts';
import { withTransparentCanvas } from './gif-canvas.ts';
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
  loader: vipsLoader({
    operation: 'Nsgif',
    matches: ({ format }) => format === 'gif',
    animated: true,
    prepare: (file) => withTransparentCanvas(readFileSync(file)) ?? file,
  }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanGif,
};

const APPLICATION = 0xff;
/** The application extensions that say how often an animation runs. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Drops comments, text and extensions of other programs. */
function cleanGif(file: Buffer): Buffer | undefined {
  const kept: Buffer[] = [file.subarray(0, blocksStart(file))];
  for (const block of gifBlocks(file)) {
    const isNeeded = block.kind !== 'extension' || (block.label === APPLICATION && LOOPS.includes(block.name));
    if (isNeeded) kept.push(file.subarray(block.start, block.end));
    if (block.kind === 'trailer') return Buffer.concat(kept);
  }
  return undefined;
}
