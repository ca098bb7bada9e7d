const SEQUENCE_HEADER = 1;

/**
 * Reads `color_range` of the sequence header in the data of an AV1 picture (AV1 bitstream specification, sections 5.3 to
 * 5.5).
 * @param data open bitstream units, as `av1C` or the item of a picture holds them
 * @returns undefined where there is no such header, or one with timing information, which pictures do not have
 * @throws RangeError where it is cut off
 */
export function fullRangeIn(data: Buffer): boolean | undefined {
  for (let at = 0; at < data.length; ) {
    const header = data.readUInt8(at++);
    if (header & 4) at++;
    let size = data.length - at;
    if (header & 2) {
      size = 0;
      for (let shift = 0, more = true; more; shift += 7) {
        const byte = data.readUInt8(at++);
        size += (byte & 0x7f) * 2 ** shift;
        more = byte >= 0x80;
      }
    }
    if (((header >> 3) & 15) === SEQUENCE_HEADER) return colourRange(bitReader(data, at, at + size));
    at += size;
  }
  return undefined;
}

function colourRange(bits: (count: number) => number): boolean | undefined {
  const profile = bits(3);
  bits(1);
  const isReduced = bits(1) === 1;
  if (isReduced) bits(5);
  else {
    const hasTiming = bits(1);
    if (hasTiming) return undefined;
    const hasDisplayDelay = bits(1);
    for (let points = bits(5) + 1; points > 0; points--) {
      bits(12);
      if (bits(5) > 7) bits(1);
      if (hasDisplayDelay && bits(1)) bits(4);
    }
  }
  const [widthBits, heightBits] = [bits(4) + 1, bits(4) + 1];
  bits(widthBits);
  bits(heightBits);
  if (!isReduced && bits(1)) bits(7);
  bits(3);
  if (!isReduced) {
    bits(4);
    const hasOrderHint = bits(1);
    if (hasOrderHint) bits(2);
    const screenContent = bits(1) ? 2 : bits(1);
    if (screenContent > 0 && bits(1) === 0) bits(1);
    if (hasOrderHint) bits(3);
  }
  bits(3);
  const isHighDepth = bits(1);
  if (profile === 2 && isHighDepth) bits(1);
  const isMonochrome = profile === 1 ? 0 : bits(1);
  const [primaries, transfer, matrix] = bits(1) ? [bits(8), bits(8), bits(8)] : [2, 2, 2];
  if (!isMonochrome && primaries === 1 && transfer === 13 && matrix === 0) return true;
  return bits(1) === 1;
}

/** @throws RangeError behind the end */
function bitReader(data: Buffer, start: number, end: number): (count: number) => number {
  let at = start * 8;
  return (count) => {
    let value = 0;
    for (let left = count; left > 0; left--, at++) {
      if (at >= end * 8) throw new RangeError('the sequence header is cut off');
      value = value * 2 + ((data.readUInt8(at >> 3) >> (7 - (at & 7))) & 1);
    }
    return value;
  };
}
