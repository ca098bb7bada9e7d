/** A box of the ISO base media file format (ISO/IEC 14496-12 section 4.2). */
export interface Box {
  type: string;
  /** Where its content begins, behind its header. */
  start: number;
  end: number;
}

/** The boxes between two places. Stops at what is no box, such as the tail of a file that is two things at once. */
export function boxesIn(file: Buffer, from: number, to: number): Box[] {
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

/** The places of the data of all items (ISO/IEC 14496-12 section 8.11.3): in the file, or in `idat`. */
export function* itemExtents(
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

/** Major and compatible brands of a file of boxes (ISO/IEC 14496-12 section 4.3); none of another file. */
export function brands(head: Buffer): string[] {
  if (head.toString('latin1', 4, 8) !== 'ftyp') return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const found = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(head.toString('latin1', at, at + 4));
  return found;
}
