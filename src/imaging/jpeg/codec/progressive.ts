import { fill, take, takeSigned, takeSymbol } from './bits';
import { foldedBlock, foldedIndex, isHalved } from './halving';
import {
  COEFFICIENTS,
  DC_FROM,
  FACTOR,
  FOLDED_ROWS,
  HALVE_ACROSS,
  JUMPS,
  LAST,
  LEAST,
  LONG_AC,
  LONG_DC,
  OUT_DC,
  OUT_START,
  PLACE,
  PREVIOUS,
  SHORT,
  TABLE,
  WIDE,
} from './layout';
import { addToken, endBlock, isInRange, OUT_OF_RANGE, requantiseDc, tokens } from './tokens';

const ROUND: f64 = 0.4999999;

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
  const size = takeSymbol(lane + SHORT, lane + LONG_DC);
  if (size < 0 || size > 11) return false;
  fill();
  const value = load<i32>(lane + PREVIOUS) + takeSigned(size);
  store<i32>(lane + PREVIOUS, value);
  const whole = value << low;
  store<i16>(coefficients(lane, block), <i16>whole);
  return <i32>(<i16>whole) === whole && whole >> low === value;
}

/** One more bit of DC coefficients. */
export function readDcMore(lane: usize, block: i32): bool {
  fill();
  const target = coefficients(lane, block);
  store<i16>(target, load<i16>(target) | <i16>(take(1) << low));
  return true;
}

/** First scan of a band of AC coefficients (G.1.2.2). */
export function readAcFirst(lane: usize, block: i32): bool {
  if (ended > 0) {
    ended--;
    return true;
  }
  const values = coefficients(lane, block);
  let last = <i32>load<u8>(load<i32>(lane + LAST) + block);
  let place = from - 1;
  while (place < to) {
    const symbol = takeSymbol(lane + JUMPS, lane + LONG_AC);
    if (symbol < 0) return false;
    const run = symbol >> 4;
    const size = symbol & 15;
    if (size === 0) {
      if (run < 15) {
        ended = (1 << run) - 1 + take(run);
        break;
      }
      place += 16;
      continue;
    }
    place += run + 1;
    if (place > to || size + low > 10) return false;
    store<i16>(values + (place << 1), <i16>(takeSigned(size) << low));
    if (place > last) last = place;
  }
  store<u8>(load<i32>(lane + LAST) + block, <u8>last);
  return place <= to;
}

/** One more bit of the coefficients of a band, and those that begin with it (G.1.2.3). */
export function readAcMore(lane: usize, block: i32): bool {
  const values = coefficients(lane, block);
  let last = <i32>load<u8>(load<i32>(lane + LAST) + block);
  let place = from;
  while (ended === 0 && place <= to) {
    const symbol = takeSymbol(lane + JUMPS, lane + LONG_AC);
    const size = symbol & 15;
    let zeros = symbol >> 4;
    if (symbol < 0 || size > 1) return false;
    if (size === 0 && zeros < 15) {
      ended = (1 << zeros) + take(zeros);
      break;
    }
    const value = size === 0 ? 0 : take(1) === 1 ? 1 << low : -1 << low;
    // Past so many zeros; each coefficient on the way that is none gets its bit.
    for (; place <= to; place++) {
      const target = values + (place << 1);
      if (load<i16>(target) !== 0) refine(target);
      else if (zeros-- === 0) break;
    }
    if (place > to) return false;
    if (size === 1) {
      store<i16>(values + (place << 1), <i16>value);
      if (place > last) last = place;
    }
    place++;
  }
  store<u8>(load<i32>(lane + LAST) + block, <u8>last);
  if (ended === 0) return true;
  ended--;
  for (const end = min(to, last); place <= end; place++) {
    const target = values + (place << 1);
    if (load<i16>(target) !== 0) refine(target);
  }
  return true;
}

/** One more bit of a coefficient, away from zero. */
function refine(target: usize): void {
  fill();
  if (take(1) === 0) return;
  const value = <i32>load<i16>(target);
  store<i16>(target, <i16>(value + (value > 0 ? 1 << low : -1 << low)));
}

/** A block whose coefficients are complete, on to tokens or into its folded block. */
export function pourBlock(lane: usize, x: i32, y: i32): bool {
  const block = y * load<i32>(lane + WIDE) + x;
  const values = coefficients(lane, block);
  const end = <i32>load<u8>(load<i32>(lane + LAST) + block);
  const dc = <i32>load<i16>(values);
  if (!isInRange(lane, dc)) return false;
  return isHalved(lane) ? foldValues(lane, values, dc, end, x, y) : addValues(lane, values, dc, end, block);
}

function addValues(lane: usize, values: usize, dc: i32, end: i32, block: i32): bool {
  const level = requantiseDc(lane, <f64>dc * <f64>load<i32>(lane + DC_FROM));
  store<i16>(load<i32>(lane + OUT_DC) + (block << 1), <i16>level);
  store<i32>(load<i32>(lane + OUT_START) + (block << 2), <i32>tokens);
  const table = load<i32>(lane + TABLE);
  let last = 0;
  for (let place = 1; place <= end; place++) {
    const value = <i32>load<i16>(values + (place << 1));
    const magnitude = abs(value);
    if (magnitude < load<i32>(lane + LEAST + (place << 2))) continue;
    addToken(
      table,
      place - last - 1,
      <i32>(<f64>magnitude * load<f64>(lane + FACTOR + (place << 3)) + ROUND),
      value >> 31,
    );
    last = place;
  }
  endBlock(table, last);
  return level !== OUT_OF_RANGE;
}

function foldValues(lane: usize, values: usize, dc: i32, end: i32, x: i32, y: i32): bool {
  const index = foldedIndex(lane, x, y);
  const folded = foldedBlock(lane, index);
  const shift = 3 - load<i32>(lane + HALVE_ACROSS);
  store<f64>(folded, <f64>dc * load<f64>(lane + FACTOR));
  let rows = 0;
  for (let place = 1; place <= end; place++) {
    const value = <i32>load<i16>(values + (place << 1));
    if (value === 0) continue;
    const at = <i32>load<u8>(lane + PLACE + place);
    const target = folded + (at << 3);
    store<f64>(target, load<f64>(target) + <f64>value * load<f64>(lane + FACTOR + (place << 3)));
    rows |= 1 << (at >> shift);
  }
  store<u8>(load<i32>(lane + FOLDED_ROWS) + index, <u8>rows);
  return true;
}
