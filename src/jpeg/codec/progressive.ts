import { bitAt, bitsAt, codeOf, magnitudeOf, position, setPosition, signOf, takeDc } from './bits';
import { fold, foldedBlock, foldedIndex, isHalved } from './halving';
import {
  COEFFICIENTS,
  DC_FROM,
  FOLD,
  FOLDED_ROWS,
  JUMPS,
  LONG_AC,
  OUT_DC,
  OUT_START,
  PLACES,
  PREVIOUS,
  TABLE,
  WIDE,
} from './layout';
import { addToken, endBlock, isInRange, OUT_OF_RANGE, requantiseWholeDc, rounded, setTokens, tokens } from './tokens';

/** Band and lowest bit of the scan; blocks to come whose band holds nothing more. */
let from: i32 = 0;
let to: i32 = 0;
let low: i32 = 0;
let ended: i32 = 0;

export function setBand(newFrom: i32, newTo: i32, newLow: i32): void {
  from = newFrom;
  to = newTo;
  low = newLow;
}

export function forgetEnded(): void {
  ended = 0;
}

function coefficients(lane: usize, block: i32): usize {
  return load<i32>(lane + COEFFICIENTS) + (block << 7);
}

/** First scan of DC coefficients (T.81 G.1.2.1). All readers tell whether what they read is well-formed. */
export function readDcFirst(lane: usize, block: i32): bool {
  if (!takeDc(lane)) return false;
  const value = load<i32>(lane + PREVIOUS);
  const whole = value << low;
  store<i16>(coefficients(lane, block), <i16>whole);
  return <i32>(<i16>whole) === whole && whole >> low === value;
}

/** One more bit of DC coefficients. */
export function readDcMore(lane: usize, block: i32): bool {
  const target = coefficients(lane, block);
  store<i16>(target, load<i16>(target) | <i16>(bitAt(position) << low));
  setPosition(position - 1);
  return true;
}

/** Address of the places of a block that are not 0, a bit each. */
function places(lane: usize, block: i32): usize {
  return load<i32>(lane + PLACES) + (block << 3);
}

/** First scan of a band of AC coefficients (G.1.2.2). */
export function readAcFirst(lane: usize, block: i32): bool {
  if (ended > 0) {
    ended--;
    return true;
  }
  const values = coefficients(lane, block);
  let found = load<u64>(places(lane, block));
  let at = position;
  let place = from - 1;
  while (place < to) {
    const bits = bitsAt(at);
    const code = codeOf(bits, lane + JUMPS, lane + LONG_AC);
    if (code === 0) return false;
    const length = code & 0xff;
    const run = code >> 12;
    const size = (code >> 8) & 15;
    const top = <u32>((bits << (<u64>length)) >>> 32);
    at -= length + size;
    if (size === 0) {
      if (run < 15) {
        ended = (1 << run) - 1 + <i32>(<u64>top >>> (32 - run));
        at -= run;
        break;
      }
      place += 16;
      continue;
    }
    place += run + 1;
    if (place > to || size + low > 10) return false;
    const sign = signOf(top);
    store<i16>(values + (place << 1), <i16>(((magnitudeOf(top, sign, 31 - size) ^ sign) - sign) << low));
    found |= (<u64>1) << place;
  }
  setPosition(at);
  store<u64>(places(lane, block), found);
  return place <= to;
}

/** One more bit of the coefficients of a band, and those that begin with it (G.1.2.3). */
export function readAcMore(lane: usize, block: i32): bool {
  const values = coefficients(lane, block);
  let found = load<u64>(places(lane, block));
  // Those that are still to get their bit.
  let waiting = found & ((<u64>-1) << from) & (<u64>-1 >>> (63 - to));
  let at = position;
  let place = from;
  while (ended === 0 && place <= to) {
    const bits = bitsAt(at);
    const code = codeOf(bits, lane + JUMPS, lane + LONG_AC);
    const length = code & 0xff;
    const size = (code >> 8) & 15;
    let zeros = code >> 12;
    if (code === 0 || size > 1) return false;
    const top = <u32>((bits << (<u64>length)) >>> 32);
    at -= length + size;
    if (size === 0 && zeros < 15) {
      ended = (1 << zeros) + <i32>(<u64>top >>> (32 - zeros));
      at -= zeros;
      break;
    }
    // Past so many zeros; each coefficient on the way that is none gets its bit.
    for (;;) {
      const next = <i32>ctz(waiting);
      if (waiting === 0 || next - place > zeros) break;
      zeros -= next - place;
      refine(values + (next << 1), bitAt(at--));
      waiting &= waiting - 1;
      place = next + 1;
    }
    place += zeros;
    if (place > to) return false;
    if (size === 1) {
      store<i16>(values + (place << 1), <i16>((1 | signOf(top)) << low));
      found |= (<u64>1) << place;
    }
    place++;
  }
  store<u64>(places(lane, block), found);
  if (ended > 0) {
    ended--;
    for (; waiting !== 0; waiting &= waiting - 1) refine(values + ((<i32>ctz(waiting)) << 1), bitAt(at--));
  }
  setPosition(at);
  return true;
}

/** One more bit of a coefficient, away from zero. */
function refine(target: usize, bit: i32): void {
  const value = <i32>load<i16>(target);
  store<i16>(target, <i16>(value + (((1 | (value >> 31)) << low) & -bit)));
}

/** A block whose coefficients are complete, on to tokens or into its folded block. */
export function pourBlock(lane: usize, x: i32, y: i32): bool {
  const block = y * load<i32>(lane + WIDE) + x;
  const values = coefficients(lane, block);
  const found = load<u64>(places(lane, block));
  const dc = <i32>load<i16>(values);
  if (!isInRange(lane, dc)) return false;
  return isHalved(lane) ? foldValues(lane, values, dc, found, x, y) : addValues(lane, values, dc, found, block);
}

function addValues(lane: usize, values: usize, dc: i32, found: u64, block: i32): bool {
  const dcLevel = requantiseWholeDc(lane, dc * load<i32>(lane + DC_FROM));
  store<i16>(load<i32>(lane + OUT_DC) + (block << 1), <i16>dcLevel);
  store<i32>(load<i32>(lane + OUT_START) + (block << 2), <i32>tokens);
  const table = load<i32>(lane + TABLE);
  let next = tokens;
  let last = 0;
  for (let rest = found; rest !== 0; rest &= rest - 1) {
    const place = <i32>ctz(rest);
    const value = <i32>load<i16>(values + (place << 1));
    const magnitude = abs(value);
    const level = rounded(lane, place, magnitude);
    next = addToken(next, table, place - last - 1, level, value >> 31);
    last = level === 0 ? last : place;
  }
  setTokens(next);
  endBlock(table, last);
  return dcLevel !== OUT_OF_RANGE;
}

function foldValues(lane: usize, values: usize, dc: i32, found: u64, x: i32, y: i32): bool {
  const index = foldedIndex(lane, x, y);
  const folded = foldedBlock(lane, index);
  store<f64>(folded, <f64>dc * load<f64>(lane + FOLD));
  let rows = 0;
  for (let rest = found; rest !== 0; rest &= rest - 1) {
    const place = <i32>ctz(rest);
    const value = <i32>load<i16>(values + (place << 1));
    rows |= fold(lane, folded, place, value);
  }
  store<u8>(load<i32>(lane + FOLDED_ROWS) + index, <u8>rows);
  return true;
}
