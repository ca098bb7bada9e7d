import { at, count, fill, keep, longCode, takeSigned, takeSymbol, word } from './bits';
import { foldedBlock, foldedIndex } from './halving';
import {
  DC_FROM,
  FACTOR,
  FOLDED_ROWS,
  HALVE_ACROSS,
  JUMPS,
  LEAPS,
  LEAPS_FROM,
  LEAST,
  LONG_AC,
  LONG_DC,
  OUT_DC,
  OUT_START,
  OUT_WIDE,
  PLACE,
  PREVIOUS,
  SHORT,
  TABLE,
} from './layout';
import { endBlock, isInRange, OUT_OF_RANGE, requantiseDc, setTokens, tokenOf, tokens, ZERO_RUN } from './tokens';

/** Step of an end of block. */
const END_OF_BLOCK: i32 = 256;
const ROUND: f64 = 0.4999999;

/** DC coefficient and AC coefficients of a block (T.81 F.2.2). @returns whether they are well-formed */
export function readSequential(lane: usize, halved: bool, x: i32, y: i32): bool {
  const size = takeSymbol(lane + SHORT, lane + LONG_DC);
  if (size < 0 || size > 11) return false;
  // 16 bits may be gone.
  fill();
  const dc = load<i32>(lane + PREVIOUS) + takeSigned(size);
  store<i32>(lane + PREVIOUS, dc);
  if (!isInRange(lane, dc)) return false;
  return halved ? foldBlock(lane, dc, x, y) : tokenBlock(lane, dc, y * load<i32>(lane + OUT_WIDE) + x);
}

/** AC coefficients into tokens. */
function tokenBlock(lane: usize, dc: i32, block: i32): bool {
  const level = requantiseDc(lane, <f64>dc * <f64>load<i32>(lane + DC_FROM));
  if (level === OUT_OF_RANGE) return false;
  store<i16>(load<i32>(lane + OUT_DC) + (block << 1), <i16>level);
  store<i32>(load<i32>(lane + OUT_START) + (block << 2), <i32>tokens);
  const table = load<i32>(lane + TABLE);
  let to = tokens;
  let leapsFrom = load<i32>(lane + LEAPS_FROM);
  let from = at;
  let bits = word;
  let left = count;
  let place = 0;
  let last = 0;
  while (place < 63) {
    if (left < 32) {
      bits |= (<u64>bswap<u32>(load<u32>(from))) << (32 - left);
      from += 4;
      left += 32;
    }
    // From some place on, several symbols may be read at once.
    let entry = load<i32>(lane + (place < leapsFrom ? JUMPS : LEAPS) + ((<usize>(bits >> 53)) << 2));
    if (entry === 0) {
      entry = longEntry(lane, <i32>(bits >> 48));
      if (entry === 0) return false;
    }
    const length = entry & 0xff;
    const size = (entry >> 8) & 15;
    place += entry >> 16;
    const top = <u32>((bits << length) >> 32);
    // The first bit of a value is 0 where it is negative, and all of them are turned.
    const sign = ~(<i32>top) >> 31;
    const magnitude = <i32>(((top >>> 1) ^ (<u32>sign >>> 1)) >>> (31 - size));
    if (magnitude >= load<i32>(lane + LEAST + (place << 2))) {
      let run = place - last - 1;
      for (; run > 15; run -= 16) {
        store<i32>(to, table | ZERO_RUN);
        to += 4;
      }
      const rounded = <i32>(<f64>magnitude * load<f64>(lane + FACTOR + (place << 3)) + ROUND);
      store<i32>(to, tokenOf(table, run, rounded, sign));
      to += 4;
      last = place;
    } else if (place > 63 && (place < END_OF_BLOCK || place > END_OF_BLOCK + 62)) {
      // A leap into the next block: back, and on in single steps.
      if (leapsFrom > 63) return false;
      leapsFrom = 64;
      place -= entry >> 16;
      continue;
    }
    bits <<= length + size;
    left -= length + size;
  }
  keep(from, bits, left);
  setTokens(to);
  endBlock(table, last);
  return true;
}

/** AC coefficients into a folded block. */
function foldBlock(lane: usize, dc: i32, x: i32, y: i32): bool {
  const block = foldedIndex(lane, x, y);
  const values = foldedBlock(lane, block);
  const shift = 3 - load<i32>(lane + HALVE_ACROSS);
  store<f64>(values, <f64>dc * load<f64>(lane + FACTOR));
  let from = at;
  let bits = word;
  let left = count;
  let place = 0;
  let rows = 0;
  while (place < 63) {
    if (left < 32) {
      bits |= (<u64>bswap<u32>(load<u32>(from))) << (32 - left);
      from += 4;
      left += 32;
    }
    let entry = load<i32>(lane + JUMPS + ((<usize>(bits >> 53)) << 2));
    if (entry === 0) {
      entry = longEntry(lane, <i32>(bits >> 48));
      if (entry === 0) return false;
    }
    const length = entry & 0xff;
    const size = (entry >> 8) & 15;
    place += entry >> 16;
    const top = <u32>((bits << length) >> 32);
    bits <<= length + size;
    left -= length + size;
    if (size < load<i32>(lane + LEAST + (place << 2))) continue;
    const raw = <i32>(top >>> (32 - size));
    const value = <i32>top < 0 ? raw : raw - (1 << size) + 1;
    const to = <i32>load<u8>(lane + PLACE + place);
    const target = values + (to << 3);
    store<f64>(target, load<f64>(target) + <f64>value * load<f64>(lane + FACTOR + (place << 3)));
    rows |= 1 << (to >> shift);
  }
  if (place > 63 && place < END_OF_BLOCK) return false;
  keep(from, bits, left);
  store<u8>(load<i32>(lane + FOLDED_ROWS) + block, <u8>rows);
  return true;
}

/** The entry for a code that is too long for the table; 0 for none (T.81 table F.2). */
function longEntry(lane: usize, bits: i32): i32 {
  const code = longCode(lane + LONG_AC, bits);
  const run = code >> 12;
  const size = (code >> 8) & 15;
  if (code === 0 || size > 10 || (size === 0 && run > 0 && run < 15)) return 0;
  const step = size > 0 ? run + 1 : run === 0 ? END_OF_BLOCK : 16;
  return (step << 16) | (code & 0xfff);
}
