import { LONG_DC, LONG_OFFSETS, LONG_SYMBOLS, PREVIOUS, SHORT } from './layout';

/**
 * Where the next bit stands: coded data lies backwards, so that 8 bytes come in the order in which they are read. The
 * address of the last one of those 8 bytes, times 8, plus the place of the bit in the first one.
 */
export let position: u32 = 0;

export function setPosition(to: u32): void {
  position = to;
}

/** The bits from a position on at the left, 57 at least: two codes and their values. */
export function bitsAt(from: u32): u64 {
  return load<u64>(from >>> 3) << (<u64>(~from & 7));
}

/** A single bit: 0 or 1. */
export function bitAt(from: u32): i32 {
  return (<i32>load<u8>(from >>> 3, 7) >> (from & 7)) & 1;
}

/** The value that these bits begin with, without its sign (T.81 F.2.2.1). @param sign of it @param unused 31 - its size */
export function magnitudeOf(top: u32, sign: i32, unused: u32): i32 {
  return <i32>(((top ^ sign) >>> 1) >>> unused);
}

/** The first bit of a value is 0 where it is negative, and all of them are turned then. @returns -1 for that, or 0 */
export function signOf(top: u32): i32 {
  return ~(<i32>top) >> 31;
}

/** Symbol × 256 + length of the code that these bits begin with; 0 for none. */
export function codeOf(bits: u64, short: usize, long: usize): i32 {
  const code = load<i32>(short + ((<usize>(bits >>> 53)) << 2));
  return code === 0 ? longCode(long, <i32>(bits >>> 48)) : code;
}

/** The same for a code of any length. @param bits 16 of them */
export function longCode(table: usize, bits: i32): i32 {
  let length = 1;
  while (length <= 16 && bits >= load<i32>(table + (length << 2))) length++;
  if (length > 16) return 0;
  const index = (bits >> (16 - length)) + load<i32>(table + LONG_OFFSETS + (length << 2));
  return ((<i32>load<u8>(table + LONG_SYMBOLS + index)) << 8) | length;
}

/** Most bits of a DC difference. */
const DC_BITS: i32 = 11;

/** Takes a DC difference (T.81 F.2.2.1), and keeps the coefficient that it leads to. @returns whether there is one */
export function takeDc(lane: usize): bool {
  const bits = bitsAt(position);
  const code = codeOf(bits, lane + SHORT, lane + LONG_DC);
  const length = code & 0xff;
  const size = code >> 8;
  if (code === 0 || size > DC_BITS) return false;
  const top = <u32>((bits << (<u64>length)) >>> 32);
  const sign = signOf(top);
  position -= length + size;
  store<i32>(lane + PREVIOUS, load<i32>(lane + PREVIOUS) + (magnitudeOf(top, sign, 31 - size) ^ sign) - sign);
  return true;
}
