import { readFileSync } from 'node:fs';
import { cicpCoding } from '../colour/colour-coding.ts';
import type { SampleCorrection } from '../colour/convert-samples.ts';
import { type AvifProperties, avifProperties } from './avif-properties.ts';
import { type Encode, orFast, type WritingCodec } from './codec.ts';
import { type Box, boxesIn, brands, itemExtents } from './iso-boxes.ts';
import { vipsLoader } from './vips-loader.ts';

/** Above this many pixels AVIF at effort 4 would pass the time limit of one image. */
const SLOW_PIXELS = 6_000_000;

const encode: Encode = (image, { quality, effort, pixels }) => {
  const thorough = pixels > SLOW_PIXELS ? 1 : 4;
  return image.avif({ quality, effort: effort === 'fast' ? 0 : thorough }).toBuffer();
};

export const avif: WritingCodec = {
  recognises: (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis'),
  loader: vipsLoader({
    operation: 'Heif',
    matches: ({ format, compression }) => format === 'heif' && compression === 'av1',
    prepare,
    correction: avifCorrection,
    traits: (file) => ({ hasUnreadFrames: isSequence(file) }),
  }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanAvif,
};

/** Numbers of ITU-T H.273. */
const UNSPECIFIED = 2;
const BT601 = 6;

/** The brand of AVIF that moves. */
const SEQUENCE = 'avis';

function readProperties(bytes: Buffer): AvifProperties | undefined {
  try {
    return avifProperties(bytes);
  } catch (error) {
    // A length that points outside of the file: the decoder judges it.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * From a file, libvips stumbles over items at its end; from memory it does not. It knows no sequences, but reads the picture
 * that stands for one under the brand of a still picture.
 */
function prepare(file: string): Buffer {
  const bytes = readFileSync(file);
  if (bytes.toString('latin1', 8, 12) === SEQUENCE) bytes.write('avif', 8, 'latin1');
  const nclx = readProperties(bytes)?.nclx;
  // libheif ignores the range of colours whose matrix is not specified; everybody takes that for BT.601.
  if (nclx?.matrix === UNSPECIFIED) bytes.writeUInt16BE(BT601, nclx.at + 4);
  return bytes;
}

/** Whether it is made to move: a sequence may name itself by its first brand, or by another one that has frames. */
function isSequence(path: string): boolean {
  const file = readFileSync(path);
  return brands(file).includes(SEQUENCE) && boxesIn(file, 0, file.length).some(({ type }) => type === 'moov');
}

/** libheif neither stretches grey of limited range nor divides by alpha, and libvips takes all colours for sRGB. */
export function avifCorrection(file: string): SampleCorrection | undefined {
  const properties = readProperties(readFileSync(file));
  if (!properties) return undefined;
  const { nclx, monochrome, streamFullRange, premultiplied, hasProfile, peak } = properties;
  const limitedRange = monochrome && (nclx ? !nclx.fullRange : streamFullRange === false);
  const coding = nclx && !hasProfile ? cicpCoding(nclx.primaries, nclx.transfer, peak) : undefined;
  return limitedRange || premultiplied || coding ? { limitedRange, premultiplied, coding } : undefined;
}

/** EXIF without a field, behind the offset of its header: libavif refuses files whose EXIF is none. */
const EMPTY_EXIF = Buffer.from('00000000 4d4d002a00000008 0000 00000000'.replaceAll(' ', ''), 'hex');

/** Metadata items that show nothing: EXIF, and XMP among the MIME items. */
const HIDDEN_ITEMS = new Set(['Exif', 'mime']);

/**
 * Overwrites EXIF and XMP instead of cutting them out, since every other item is found by its place in the file (ISO/IEC
 * 14496-12: `iinf` names the items, `iloc` their places). Drops what follows the last box.
 */
function cleanAvif(file: Buffer): Buffer | undefined {
  const boxes = boxesIn(file, 0, file.length);
  const last = boxes.at(-1);
  const meta = boxes.find(({ type }) => type === 'meta');
  if (!last || !meta) return undefined;
  const clean = Buffer.from(file.subarray(0, last.end));
  const inside = boxesIn(clean, meta.start + 4, meta.end);
  const iinf = inside.find(({ type }) => type === 'iinf');
  const iloc = inside.find(({ type }) => type === 'iloc');
  if (!iinf || !iloc) return undefined;
  const hidden = hiddenItems(clean, iinf);
  const idat = inside.find(({ type }) => type === 'idat');
  blankTrackMetadata(clean, boxes);
  for (const { id, offset, length, inIdat } of itemExtents(clean, iloc)) {
    if (!hidden.has(id)) continue;
    const start = offset + (inIdat ? (idat?.start ?? 0) : 0);
    if (start + length > clean.length) return undefined;
    clean.fill(0, start, start + length);
    if (length >= EMPTY_EXIF.length) clean.set(EMPTY_EXIF, start);
  }
  return clean;
}

/** What a sequence says of itself beside its frames: where it was taken, who made it. */
function blankTrackMetadata(file: Buffer, boxes: Box[]): void {
  const inside = boxes.filter(({ type }) => type === 'moov' || type === 'trak');
  for (const { start, end } of inside) {
    const children = boxesIn(file, start, end);
    for (const box of children) {
      if (box.type !== 'udta' && box.type !== 'meta') continue;
      file.write('free', box.start - 4, 'latin1');
      file.fill(0, box.start, box.end);
    }
    blankTrackMetadata(file, children);
  }
}

function hiddenItems(file: Buffer, iinf: Box): Set<number> {
  const version = file.readUInt8(iinf.start);
  const first = iinf.start + 4 + (version === 0 ? 2 : 4);
  const hidden = new Set<number>();
  for (const { type, start } of boxesIn(file, first, iinf.end)) {
    if (type !== 'infe') continue;
    const wide = file.readUInt8(start) >= 3;
    const id = wide ? file.readUInt32BE(start + 4) : file.readUInt16BE(start + 4);
    const kind = start + 4 + (wide ? 4 : 2) + 2;
    if (HIDDEN_ITEMS.has(file.toString('latin1', kind, kind + 4))) hidden.add(id);
  }
  return hidden;
}
