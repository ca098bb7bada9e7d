import { type Encode, orFast, type WritingCodec } from './codec.ts';
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
  }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanAvif,
};

/** Major and compatible brands of a file of boxes (ISO/IEC 14496-12 section 4.3); none of another file. */
function brands(head: Buffer): string[] {
  if (head.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const found = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(head.toString('latin1', at, at + 4));
  return found;
}

/** Metadata items that show nothing: EXIF, and XMP among the MIME items. */
const HIDDEN_ITEMS = new Set(['Exif', 'mime']);

interface Box {
  type: string;
  /** Where its content begins, behind its header. */
  start: number;
  end: number;
}

/**
 * Fills EXIF and XMP with zeros instead of cutting them out, since every other item is found by its place in the file
 * (ISO/IEC 14496-12: `iinf` names the items, `iloc` their places). Drops what follows the last box.
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
  for (const { id, offset, length, inIdat } of extents(clean, iloc)) {
    if (!hidden.has(id)) continue;
    const start = offset + (inIdat ? (idat?.start ?? 0) : 0);
    if (start + length > clean.length) return undefined;
    clean.fill(0, start, start + length);
  }
  return clean;
}

/** Stops at what is no box: the tail of a file that is two things at once. */
function boxesIn(file: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const type = file.toString('latin1', at + 4, at + 8);
    let size = file.readUInt32BE(at);
    let header = 8;
    if (size === 1) {
      size = Number(file.readBigUInt64BE(at + 8));
      header = 16;
    } else if (size === 0) {
      size = to - at;
    }
    if (!/^[\x20-\x7e]{4}$/.test(type) || size < header || at + size > to) break;
    boxes.push({ type, start: at + header, end: at + size });
    at += size;
  }
  return boxes;
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

/** The places of all items (ISO/IEC 14496-12 section 8.11.3). */
function* extents(
  file: Buffer,
  iloc: Box,
): Generator<{ id: number; offset: number; length: number; inIdat: boolean }, void, undefined> {
  const version = file.readUInt8(iloc.start);
  const sizes = file.readUInt16BE(iloc.start + 4);
  const offsetSize = sizes >> 12;
  const lengthSize = (sizes >> 8) & 15;
  const baseSize = (sizes >> 4) & 15;
  const indexSize = version === 0 ? 0 : sizes & 15;
  let at = iloc.start + 6;
  const next = (size: number): number => {
    const value = size === 0 ? 0 : size === 8 ? Number(file.readBigUInt64BE(at)) : file.readUIntBE(at, size);
    at += size;
    return value;
  };
  const count = next(version < 2 ? 2 : 4);
  for (let item = 0; item < count; item++) {
    const id = next(version < 2 ? 2 : 4);
    const inIdat = version === 0 ? false : (next(2) & 15) === 1;
    next(2);
    const base = next(baseSize);
    const parts = next(2);
    for (let part = 0; part < parts; part++) {
      next(indexSize);
      const offset = base + next(offsetSize);
      yield { id, offset, length: next(lengthSize), inIdat };
    }
  }
}
