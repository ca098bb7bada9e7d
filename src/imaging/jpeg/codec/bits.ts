import { LONG_OFFSETS, LONG_SYMBOLS } from './layout';

/** The next bits at the left of `word`, `count` of them; those behind stand at `at`. */
export let at: usize = 0;
export let word: u64 = 0;
export let count: i32 = 0;

/** Puts the reader back to where a block left it. */
export function keep(newAt: usize, newWord: u64, newCount: i32): void {
  at = newAt;
  word = newWord;
  count = newCount;
}

/** Address of the next bit, times 8. */
export function position(): u32 {
  return ((<u32>at) << 3) - count;
}

/** At least 32 bits afterwards: a code and its value. */
export function fill(): void {
  if (count >= 32) return;
  word |= (<u64>bswap<u32>(load<u32>(at))) << (32 - count);
  at += 4;
  count += 32;
}

/** Takes up to 16 bits of what `fill` has brought; none are 0. */
export function take(bits: i32): i32 {
  if (bits === 0) return 0;
  const value = <i32>(word >> (64 - bits));
  word <<= bits;
  count -= bits;
  return value;
}

/** A value of so many bits, the first of which tells its sign (T.81 F.2.2.1). */
export function takeSigned(bits: i32): i32 {
  const value = take(bits);
  return bits > 0 && value >> (bits - 1) === 0 ? value - (1 << bits) + 1 : value;
}

/** Symbol × 256 + length of the code that these 16 bits begin with; 0 for none. */
export function longCode(table: usize, bits: i32): i32 {
  let length = 1;
  while (length <= 16 && bits >= load<i32>(table + (length << 2))) length++;
  if (length > 16) return 0;
  const index = (bits >> (16 - length)) + load<i32>(table + LONG_OFFSETS + (length << 2));
  return ((<i32>load<u8>(table + LONG_SYMBOLS + index)) << 8) | length;
}

/** Takes a code. @returns its symbol, or -1 for none */
export function takeSymbol(short: usize, long: usize): i32 {
  fill();
  let code = load<i32>(short + ((<usize>(word >> 53)) << 2));
  if (code === 0) code = longCode(long, <i32>(word >> 48));
  if (code === 0) return -1;
  word <<= code & 0xff;
  count -= code & 0xff;
  return code >> 8;
}
