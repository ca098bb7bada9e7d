/** A part of a GIF, from byte `start` to byte `end` (GIF89a). */
export type GifBlock = { start: number; end: number } & (
  | { kind: 'graphic control' }
  | { kind: 'extension'; label: number; name: string }
  | { kind: 'image'; left: number; top: number; right: number; bottom: number; colours: number }
  | { kind: 'trailer' }
);

/** Bytes of the signature and the logical screen descriptor. */
const HEADER = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;

/** Where the blocks begin: behind the header and the global colour table. */
export function blocksStart(file: Buffer): number {
  return HEADER + 3 * coloursOf(file.readUInt8(10));
}

/**
 * The blocks of a GIF, in their order. Ends with the trailer, or before it where something unknown stands there.
 * @throws RangeError where the file is cut off
 */
export function* gifBlocks(file: Buffer): Generator<GifBlock, void, undefined> {
  const globalColours = coloursOf(file.readUInt8(10));
  for (let at = blocksStart(file); at < file.length; ) {
    const start = at;
    const introducer = file.readUInt8(at++);
    if (introducer === TRAILER) {
      yield { kind: 'trailer', start, end: at };
      return;
    }
    if (introducer === EXTENSION) {
      const label = file.readUInt8(at++);
      const name = file.toString('latin1', at + 1, at + 12);
      at = afterSubBlocks(file, at);
      if (label === GRAPHIC_CONTROL) yield { kind: 'graphic control', start, end: at };
      else yield { kind: 'extension', label, name, start, end: at };
    } else if (introducer === IMAGE) {
      const [left, top] = [file.readUInt16LE(at), file.readUInt16LE(at + 2)];
      const [right, bottom] = [left + file.readUInt16LE(at + 4), top + file.readUInt16LE(at + 6)];
      const localColours = coloursOf(file.readUInt8(at + 8));
      at = afterSubBlocks(file, at + 9 + 3 * localColours + 1);
      yield { kind: 'image', left, top, right, bottom, colours: localColours || globalColours, start, end: at };
    } else {
      return;
    }
  }
}

/** Colours of the table that a packed field announces; 0 where there is none (sections 18 and 20). */
function coloursOf(packed: number): number {
  return packed & 0x80 ? 2 ** ((packed & 0x07) + 1) : 0;
}

function afterSubBlocks(file: Buffer, start: number): number {
  let at = start;
  for (let size = file.readUInt8(at); size !== 0; size = file.readUInt8(at)) at += size + 1;
  return at + 1;
}
