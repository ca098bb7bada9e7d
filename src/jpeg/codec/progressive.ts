import { bitAt, bitsAt, decodeDc, decodeSymbol, magnitudeOf, position, setPosition, signOf } from './bit-reader';
import { addToReduced, isDownsampled, reducedBlock, reducedIndex } from './downsample';
import {
  AC_LONG_CODES,
  AC_LOOKUP,
  AC_TABLE,
  BLOCKS_WIDE,
  COEFFICIENTS,
  DC_PREDICTION,
  DC_QUANT_IN,
  NONZERO_MASKS,
  OUT_DC,
  OUT_SYMBOLS,
  REDUCED_ROW_MASKS,
  REDUCTION,
} from './layout';
import {
  appendCoefficient,
  appendEndOfBlock,
  isInRange,
  nextSymbol,
  OUT_OF_RANGE,
  quantizeIntegerDc,
  requantize,
  setNextSymbol,
} from './symbols';

/** Spectral selection Ss to Se, successive approximation bit position Al (T.81 G.1.1.1); blocks left of an EOB run. */
let spectralStart: i32 = 0;
let spectralEnd: i32 = 0;
let approximationLow: i32 = 0;
let eobRun: i32 = 0;

export function setProgression(ss: i32, se: i32, al: i32): void {
  spectralStart = ss;
  spectralEnd = se;
  approximationLow = al;
}

export function resetEobRun(): void {
  eobRun = 0;
}

function coefficients(component: usize, block: i32): usize {
  return load<i32>(component + COEFFICIENTS) + (block << 7);
}

/** First scan of DC coefficients (T.81 G.1.2.1). As all decoders here it returns whether what it read is well-formed. */
export function decodeDcFirst(component: usize, block: i32): bool {
  if (!decodeDc(component)) return false;
  const value = load<i32>(component + DC_PREDICTION);
  const shifted = value << approximationLow;
  store<i16>(coefficients(component, block), <i16>shifted);
  return <i32>(<i16>shifted) === shifted && shifted >> approximationLow === value;
}

/** Refinement scan of DC coefficients: one more bit of each (G.1.2.1). */
export function decodeDcRefine(component: usize, block: i32): bool {
  const target = coefficients(component, block);
  store<i16>(target, load<i16>(target) | <i16>(bitAt(position) << approximationLow));
  setPosition(position - 1);
  return true;
}

/** Address of a block's mask: bit k is set where coefficient k is not zero. */
function nonzeroMask(component: usize, block: i32): usize {
  return load<i32>(component + NONZERO_MASKS) + (block << 3);
}

/** First scan of a band of AC coefficients (G.1.2.2). */
export function decodeAcFirst(component: usize, block: i32): bool {
  if (eobRun > 0) {
    eobRun--;
    return true;
  }
  const values = coefficients(component, block);
  let nonzero = load<u64>(nonzeroMask(component, block));
  let at = position;
  let k = spectralStart - 1;
  while (k < spectralEnd) {
    const bits = bitsAt(at);
    const code = decodeSymbol(bits, component + AC_LOOKUP, component + AC_LONG_CODES);
    if (code === 0) return false;
    const length = code & 0xff;
    const run = code >> 12;
    const size = (code >> 8) & 15;
    const additional = <u32>((bits << (<u64>length)) >>> 32);
    at -= length + size;
    if (size === 0) {
      if (run < 15) {
        eobRun = (1 << run) - 1 + <i32>(<u64>additional >>> (32 - run));
        at -= run;
        break;
      }
      k += 16;
      continue;
    }
    k += run + 1;
    if (k > spectralEnd || size + approximationLow > 10) return false;
    const sign = signOf(additional);
    store<i16>(
      values + (k << 1),
      <i16>(((magnitudeOf(additional, sign, 31 - size) ^ sign) - sign) << approximationLow),
    );
    nonzero |= (<u64>1) << k;
  }
  setPosition(at);
  store<u64>(nonzeroMask(component, block), nonzero);
  return k <= spectralEnd;
}

/** Refinement scan of a band: one more bit of each coefficient with history, and those that become nonzero (G.1.2.3). */
export function decodeAcRefine(component: usize, block: i32): bool {
  const values = coefficients(component, block);
  let nonzero = load<u64>(nonzeroMask(component, block));
  // Coefficients whose correction bit is still to come.
  let uncorrected = nonzero & ((<u64>-1) << spectralStart) & (<u64>-1 >>> (63 - spectralEnd));
  let at = position;
  let k = spectralStart;
  while (eobRun === 0 && k <= spectralEnd) {
    const bits = bitsAt(at);
    const code = decodeSymbol(bits, component + AC_LOOKUP, component + AC_LONG_CODES);
    const length = code & 0xff;
    const size = (code >> 8) & 15;
    let zeros = code >> 12;
    if (code === 0 || size > 1) return false;
    const additional = <u32>((bits << (<u64>length)) >>> 32);
    at -= length + size;
    if (size === 0 && zeros < 15) {
      eobRun = (1 << zeros) + <i32>(<u64>additional >>> (32 - zeros));
      at -= zeros;
      break;
    }
    // The run counts only coefficients that are zero so far; each nonzero one in between gets its correction bit.
    for (;;) {
      const next = <i32>ctz(uncorrected);
      if (uncorrected === 0 || next - k > zeros) break;
      zeros -= next - k;
      correct(values + (next << 1), bitAt(at--));
      uncorrected &= uncorrected - 1;
      k = next + 1;
    }
    k += zeros;
    if (k > spectralEnd) return false;
    if (size === 1) {
      store<i16>(values + (k << 1), <i16>((1 | signOf(additional)) << approximationLow));
      nonzero |= (<u64>1) << k;
    }
    k++;
  }
  store<u64>(nonzeroMask(component, block), nonzero);
  if (eobRun > 0) {
    eobRun--;
    for (; uncorrected !== 0; uncorrected &= uncorrected - 1) {
      correct(values + ((<i32>ctz(uncorrected)) << 1), bitAt(at--));
    }
  }
  setPosition(at);
  return true;
}

/** Adds a correction bit to a coefficient's magnitude. */
function correct(target: usize, bit: i32): void {
  const value = <i32>load<i16>(target);
  store<i16>(target, <i16>(value + (((1 | (value >> 31)) << approximationLow) & -bit)));
}

/** Once all scans are read: packs a block's coefficients, or adds them to its reduced block. */
export function requantizeBlock(component: usize, x: i32, y: i32): bool {
  const block = y * load<i32>(component + BLOCKS_WIDE) + x;
  const values = coefficients(component, block);
  const nonzero = load<u64>(nonzeroMask(component, block));
  const dc = <i32>load<i16>(values);
  if (!isInRange(component, dc)) return false;
  return isDownsampled(component)
    ? reduceBlock(component, values, dc, nonzero, x, y)
    : packBlock(component, values, dc, nonzero, block);
}

function packBlock(component: usize, values: usize, dc: i32, nonzero: u64, block: i32): bool {
  const outDc = quantizeIntegerDc(component, dc * load<i32>(component + DC_QUANT_IN));
  store<i16>(load<i32>(component + OUT_DC) + (block << 1), <i16>outDc);
  store<i32>(load<i32>(component + OUT_SYMBOLS) + (block << 2), <i32>nextSymbol);
  const table = load<i32>(component + AC_TABLE);
  let next = nextSymbol;
  let last = 0;
  for (let rest = nonzero; rest !== 0; rest &= rest - 1) {
    const k = <i32>ctz(rest);
    const value = <i32>load<i16>(values + (k << 1));
    const magnitude = requantize(component, k, abs(value));
    next = appendCoefficient(next, table, k - last - 1, magnitude, value >> 31);
    last = magnitude === 0 ? last : k;
  }
  setNextSymbol(next);
  appendEndOfBlock(table, last);
  return outDc !== OUT_OF_RANGE;
}

function reduceBlock(component: usize, values: usize, dc: i32, nonzero: u64, x: i32, y: i32): bool {
  const index = reducedIndex(component, x, y);
  const reduced = reducedBlock(component, index);
  store<f64>(reduced, <f64>dc * load<f64>(component + REDUCTION));
  let rows = 0;
  for (let rest = nonzero; rest !== 0; rest &= rest - 1) {
    const k = <i32>ctz(rest);
    const value = <i32>load<i16>(values + (k << 1));
    rows |= addToReduced(component, reduced, k, value);
  }
  store<u8>(load<i32>(component + REDUCED_ROW_MASKS) + index, <u8>rows);
  return true;
}
