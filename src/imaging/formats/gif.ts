import { readFileSync } from 'node:fs';
import { type Encode, orFast, type Source, type WritingCodec } from './codec.ts';
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
    traits,
    prepare: (file) => withTransparentCanvas(readFileSync(file)) ?? file,
  }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanGif,
};

const TRAILER = Buffer.from([0x3b]);
const APPLICATION = 0xff;
/** The application extensions that say how often an animation runs. */
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** Drops comments, text and extensions of other programs; adds a trailer where it is missing behind a whole frame. */
function cleanGif(file: Buffer): Buffer | undefined {
  const kept: Buffer[] = [file.subarray(0, blocksStart(file))];
  for (const block of gifBlocks(file)) {
    const isNeeded = block.kind !== 'extension' || (block.label === APPLICATION && LOOPS.includes(block.name));
    if (isNeeded) kept.push(file.subarray(block.start, block.end));
    if (block.kind === 'trailer') return Buffer.concat(kept);
  }
  return kept.length > 1 ? Buffer.concat([...kept, TRAILER]) : undefined;
}

/** @throws where no frame has pixels */
function traits(path: string): Pick<Source, 'endMissing'> {
  const file = readFileSync(path);
  let endMissing = true;
  let isEmpty = true;
  try {
    for (const block of gifBlocks(file)) {
      if (block.kind === 'trailer') endMissing = false;
      if (block.kind === 'image' && block.right > block.left && block.bottom > block.top) isEmpty = false;
    }
  } catch (error) {
    // Cut off within a frame: the decoder judges how much of it can be shown.
    if (!(error instanceof RangeError)) throw error;
    return {};
  }
  if (isEmpty) throw new Error('no frame has pixels');
  return { endMissing };
}
