import { bitsAt, longCode, magnitudeOf, position, setPosition, signOf, takeDc } from './bits';
import { fold, foldedBlock, foldedIndex } from './halving';
import {
  DC_FROM,
  FOLD,
  FOLDED_ROWS,
  JUMPS,
  LEAPS,
  LEAPS_FROM,
  LONG_AC,
  OUT_DC,
  OUT_START,
  OUT_WIDE,
  PREVIOUS,
  TABLE,
} from './layout';
import { addToken, endBlock, isInRange, OUT_OF_RANGE, requantiseWholeDc, rounded, setTokens, tokens } from './tokens';

/** Step of an end of block. */
const END_OF_BLOCK: i32 = 256;

/** DC coefficient and AC coefficients of a block (T.81 F.2.2). @returns whether they are well-formed */
export function readSequential(lane: usize, halved: bool, x: i32, y: i32): bool {
  if (!takeDc(lane)) return false;
  const dc = load<i32>(lane + PREVIOUS);
  if (!isInRange(lane, dc)) return false;
  if (halved) return foldBlock(lane, dc, x, y);
  const level = requantiseWholeDc(lane, dc * load<i32>(lane + DC_FROM));
  if (level === OUT_OF_RANGE) return false;
  const block = y * load<i32>(lane + OUT_WIDE) + x;
  store<i16>(load<i32>(lane + OUT_DC) + (block << 1), <i16>level);
  store<i32>(load<i32>(lane + OUT_START) + (block << 2), <i32>tokens);
  // A leap may have led into the next block: then once more, in single steps.
  return tokenBlock(lane, load<i32>(lane + LEAPS_FROM)) || tokenBlock(lane, 64);
}

/** AC coefficients into tokens. @param leapsFrom from this place on, several symbols may be read at once */
function tokenBlock(lane: usize, leapsFrom: i32): bool {
  const table = load<i32>(lane + TABLE);
  let to = tokens;
  let at = position;
  let place = 0;
  let last = 0;
  while (place < 63) {
    const bits = bitsAt(at);
    let entry = load<u32>(lane + (place < leapsFrom ? JUMPS : LEAPS) + ((<usize>(bits >>> 53)) << 2));
    if (entry === 0) {
      entry = longEntry(lane, <i32>(bits >>> 48));
      if (entry === 0) return false;
    }
    at -= (entry >>> 6) & 31;
    place += entry >>> 16;
    const top = <u32>((bits << (<u64>entry)) >>> 32);
    const sign = signOf(top);
    const level = rounded(lane, place, magnitudeOf(top, sign, entry >>> 11));
    to = addToken(to, table, place - last - 1, level, sign);
    last = level === 0 ? last : place;
  }
  if (place > 63 && (place < END_OF_BLOCK || place > END_OF_BLOCK + 62)) return false;
  setPosition(at);
  setTokens(to);
  endBlock(table, last);
  return true;
}

/** AC coefficients into a folded block. */
function foldBlock(lane: usize, dc: i32, x: i32, y: i32): bool {
  const block = foldedIndex(lane, x, y);
  const values = foldedBlock(lane, block);
  store<f64>(values, <f64>dc * load<f64>(lane + FOLD));
  let at = position;
  let place = 0;
  let rows = 0;
  while (place < 63) {
    const bits = bitsAt(at);
    let entry = load<u32>(lane + JUMPS + ((<usize>(bits >>> 53)) << 2));
    if (entry === 0) {
      entry = longEntry(lane, <i32>(bits >>> 48));
      if (entry === 0) return false;
    }
    at -= (entry >>> 6) & 31;
    place += entry >>> 16;
    if (place > 63) break;
    const top = <u32>((bits << (<u64>entry)) >>> 32);
    const sign = signOf(top);
    const value = (magnitudeOf(top, sign, entry >>> 11) ^ sign) - sign;
    rows |= fold(lane, values, place, value);
  }
  if (place > 63 && place < END_OF_BLOCK) return false;
  setPosition(at);
  store<u8>(load<i32>(lane + FOLDED_ROWS) + block, <u8>rows);
  return true;
}

/** The entry, as in `decoding-table.ts`, for a code that is too long for the table; 0 for none (T.81 table F.2). */
function longEntry(lane: usize, bits: i32): u32 {
  const code = longCode(lane + LONG_AC, bits);
  const run = code >> 12;
  const size = (code >> 8) & 15;
  if (code === 0 || size > 10 || (size === 0 && run > 0 && run < 15)) return 0;
  const step = size > 0 ? run + 1 : run === 0 ? END_OF_BLOCK : 16;
  const length = code & 0xff;
  return (step << 16) | ((31 - size) << 11) | ((length + size) << 6) | length;
}
