import { type Box, boxesIn } from '../../src/imaging/formats/iso-boxes.ts';

/** Finds a box by the boxes around it. */
function find(file: Buffer, ...path: string[]): Box {
  let inside: Box = { type: '', start: 0, end: file.length };
  for (const type of path) {
    const skipped = inside.type === 'meta' || inside.type === 'iref' ? 4 : 0;
    const found = boxesIn(file, inside.start + skipped, inside.end).find((box) => box.type === type);
    if (!found) throw new Error(`there is no ${type}`);
    inside = found;
  }
  return inside;
}

/** Puts bytes at the end of a box in `meta`; the data of pixels, which comes behind it, moves. */
function append(file: Buffer, path: string[], bytes: Buffer): Buffer {
  const { end } = find(file, ...path);
  const changed = Buffer.concat([file.subarray(0, end), bytes, file.subarray(end)]);
  for (let depth = path.length; depth > 0; depth--) {
    const { start } = find(file, ...path.slice(0, depth));
    changed.writeUInt32BE(changed.readUInt32BE(start - 8) + bytes.length, start - 8);
  }
  // As libheif writes it: version 0, four bytes for a base, an offset and a length, one extent an item.
  const iloc = find(changed, 'meta', 'iloc').start;
  for (let item = 0; item < changed.readUInt16BE(iloc + 6); item++) {
    const at = iloc + 8 + 18 * item + 4;
    changed.writeUInt32BE(changed.readUInt32BE(at) + bytes.length, at);
  }
  return changed;
}

/** Says of an AVIF that sharp wrote what its colours are, by numbers of ITU-T H.273. */
export function withNclx(
  file: Buffer,
  {
    primaries = 1,
    transfer = 13,
    matrix = 6,
    fullRange = true,
  }: Partial<Record<'primaries' | 'transfer' | 'matrix', number>> & { fullRange?: boolean },
): Buffer {
  const colr = Buffer.from('\0\0\0\x13colrnclx\0\0\0\0\0\0\0', 'latin1');
  colr.writeUInt16BE(primaries, 12);
  colr.writeUInt16BE(transfer, 14);
  colr.writeUInt16BE(matrix, 16);
  colr.writeUInt8(fullRange ? 0x80 : 0, 18);
  const { start, end } = find(file, 'meta', 'iprp', 'ipco');
  const place = boxesIn(file, start, end).length + 1;
  const added = append(file, ['meta', 'iprp', 'ipco'], colr);
  // The first item is the picture; its properties are counted in front of them.
  const ipma = find(added, 'meta', 'iprp', 'ipma').start;
  const count = added.readUInt8(ipma + 10);
  const changed = append(added, ['meta', 'iprp', 'ipma'], Buffer.from([0]));
  const at = ipma + 11 + count;
  changed.copyWithin(at + 1, at, find(changed, 'meta', 'iprp', 'ipma').end - 1);
  changed.writeUInt8(place, at);
  changed.writeUInt8(count + 1, ipma + 10);
  return changed;
}

/** Says of an AVIF with transparency that its colours are multiplied by alpha. */
export function withPremultipliedAlpha(file: Buffer): Buffer {
  return append(file, ['meta', 'iref'], Buffer.from('\0\0\0\x0eprem\0\x01\0\x01\0\x02', 'latin1'));
}
