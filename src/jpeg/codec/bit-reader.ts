import { DC_LONG_CODES, DC_LOOKUP, DC_PREDICTION, LONG_CODE_OFFSETS, LONG_CODE_SYMBOLS } from './layout';

/**
 * Position of the next bit. Entropy-coded segments are stored backwards (`unstuff.ts`), so that one little-endian load
 * yields 8 bytes in reading order. The position is 8 × the address of that load, plus the index of the bit, counted from
 * the least significant one, in the byte that is read first.
 */
export let position: u32 = 0;

export function setPosition(to: u32): void {
  position = to;
}

/** The bits from a position on, left-aligned; at least 57 of them, which is two codes with their additional bits. */
export function bitsAt(from: u32): u64 {
  return load<u64>(from >>> 3) << (<u64>(~from & 7));
}

/** One bit: 0 or 1. */
export function bitAt(from: u32): i32 {
  return (<i32>load<u8>(from >>> 3, 7) >> (from & 7)) & 1;
}

/**
 * EXTEND of T.81 F.2.2.1 in two parts, so that a caller who needs only the magnitude stops here.
 * @param bits left-aligned additional bits @param sign as `signOf` returns it @param unused 31 - number of additional bits
 */
export function magnitudeOf(bits: u32, sign: i32, unused: u32): i32 {
  return <i32>(((bits ^ sign) >>> 1) >>> unused);
}

/** Additional bits that begin with 0 stand for a negative value, with all bits inverted. @returns -1 if so, else 0 */
export function signOf(bits: u32): i32 {
  return ~(<i32>bits) >> 31;
}

/** DECODE of T.81 F.2.2.3. @returns symbol × 256 + length of the code that these bits begin with; 0 for none */
export function decodeSymbol(bits: u64, lookup: usize, longCodes: usize): i32 {
  const entry = load<i32>(lookup + ((<usize>(bits >>> 53)) << 2));
  return entry === 0 ? decodeLongCode(longCodes, <i32>(bits >>> 48)) : entry;
}

/** The same for a code of any length. @param bits 16 of them */
export function decodeLongCode(table: usize, bits: i32): i32 {
  let length = 1;
  while (length <= 16 && bits >= load<i32>(table + (length << 2))) length++;
  if (length > 16) return 0;
  const index = (bits >> (16 - length)) + load<i32>(table + LONG_CODE_OFFSETS + (length << 2));
  return ((<i32>load<u8>(table + LONG_CODE_SYMBOLS + index)) << 8) | length;
}

/** Most additional bits of a DC difference of 8-bit samples (T.81 table F.1). */
const MAX_DC_BITS: i32 = 11;

/** Decodes a DC difference (T.81 F.2.2.1) and adds it to the prediction. @returns false for a code that does not exist */
export function decodeDc(component: usize): bool {
  const bits = bitsAt(position);
  const code = decodeSymbol(bits, component + DC_LOOKUP, component + DC_LONG_CODES);
  const length = code & 0xff;
  const size = code >> 8;
  if (code === 0 || size > MAX_DC_BITS) return false;
  const additional = <u32>((bits << (<u64>length)) >>> 32);
  const sign = signOf(additional);
  position -= length + size;
  store<i32>(
    component + DC_PREDICTION,
    load<i32>(component + DC_PREDICTION) + (magnitudeOf(additional, sign, 31 - size) ^ sign) - sign,
  );
  return true;
}
