import {
  AC_TABLE,
  BLOCKS_HIGH,
  BLOCKS_WIDE,
  DOWNSAMPLE_H,
  DOWNSAMPLE_V,
  ENERGY_THRESHOLDS,
  OUT_BLOCKS_WIDE,
  OUT_DC,
  OUT_RECIPROCALS,
  OUT_SYMBOLS,
  REDUCED_BLOCKS,
  REDUCED_ROW_MASKS,
  REDUCTION,
  SCRATCH,
} from './layout';
import { appendCoefficient, appendEndOfBlock, nextSymbol, OUT_OF_RANGE, quantizeDc, setNextSymbol } from './symbols';

/**
 * Chroma is downsampled 2:1 in the frequency domain. Averaging neighbouring samples makes of a block of 8 × 8 coefficients
 * a reduced block of 4 × 4 (or 4 × 8, 8 × 4) ones, by a weighted sum (`../downsample.ts` has the weights). Then two or four
 * reduced blocks are merged into one block of 8 × 8.
 */

const SQRT_HALF: f64 = Math.SQRT1_2;
/** More than rounding can take from a sum of 64 squares. */
const ENERGY_ERROR: f64 = 0.01;
/** Just under a half: halves are rounded towards zero, as by `requantize`. */
const ROUND: f64 = 0.4999999;

/** Rows of 8 coefficients: those of the upper reduced blocks, then those of the lower ones; then the merged block. */
const ROWS: usize = SCRATCH;
const MERGED: usize = SCRATCH + 1_024;

export function isDownsampled(component: usize): bool {
  return (load<i32>(component + DOWNSAMPLE_H) | load<i32>(component + DOWNSAMPLE_V)) !== 0;
}

/** Index of a reduced block among those that wait for their row, or pair of rows, to be finished. */
export function reducedIndex(component: usize, x: i32, y: i32): i32 {
  return (y & load<i32>(component + DOWNSAMPLE_V)) * load<i32>(component + BLOCKS_WIDE) + x;
}

/** Address of a reduced block: 16 or 32 doubles, row by row. */
export function reducedBlock(component: usize, index: i32): usize {
  return (
    load<i32>(component + REDUCED_BLOCKS) +
    (index << (9 - load<i32>(component + DOWNSAMPLE_H) - load<i32>(component + DOWNSAMPLE_V)))
  );
}

/** Adds coefficient k, weighted, to a reduced block. @returns the mask of the row that it went to */
export function addToReduced(component: usize, values: usize, k: i32, value: i32): i32 {
  const reduction = component + REDUCTION + (k << 4);
  const target = values + load<i32>(reduction, 8);
  store<f64>(target, load<f64>(target) + <f64>value * load<f64>(reduction));
  return load<i32>(reduction, 12);
}

/**
 * Merges and quantizes the reduced blocks of a row, as soon as the row below that they may need is there as well.
 * @returns whether the result fits into a baseline file
 */
export function finishBlockRow(component: usize, y: i32): bool {
  const horizontal = load<i32>(component + DOWNSAMPLE_H) === 1;
  const vertical = load<i32>(component + DOWNSAMPLE_V) === 1;
  const wide = load<i32>(component + BLOCKS_WIDE);
  const high = load<i32>(component + BLOCKS_HIGH);
  if (vertical && (y & 1) === 0 && y < high - 1) return true;
  // A block at the edge of the picture has no neighbour: it is merged with its own mirror image.
  const paired = vertical && (y & 1) === 1;
  const outWide = load<i32>(component + OUT_BLOCKS_WIDE);
  const table = load<i32>(component + AC_TABLE);
  for (let x = 0; x < outWide; x++) {
    let energy = mergeHorizontally(component, x, 0, horizontal, vertical, ROWS);
    if (paired) energy += mergeHorizontally(component, x, 1, horizontal, vertical, ROWS + 512);
    else if (vertical) energy *= 2;
    const upper = load<f64>(ROWS);
    const dc = vertical ? (upper + (paired ? load<f64>(ROWS + 512) : upper)) * SQRT_HALF : upper;
    const block = (vertical ? y >> 1 : y) * outWide + x;
    const outDc = quantizeDc(component, dc);
    if (outDc === OUT_OF_RANGE) return false;
    store<i16>(load<i32>(component + OUT_DC) + (block << 1), <i16>outDc);
    store<i32>(load<i32>(component + OUT_SYMBOLS) + (block << 2), <i32>nextSymbol);
    // The merge keeps energy (Parseval), so no AC coefficient can be larger than this; most blocks hold next to nothing
    // beside their DC coefficient and need not be merged at all.
    const acEnergy = energy - dc * dc + ENERGY_ERROR;
    let last = 0;
    if (load<f64>(component + ENERGY_THRESHOLDS + 8) <= acEnergy) {
      let merged = ROWS;
      if (vertical) {
        mergeVertically(paired);
        merged = MERGED;
      }
      for (let k = 1; load<f64>(component + ENERGY_THRESHOLDS + (k << 3)) <= acEnergy; k++) {
        const value = load<f64>(merged + ((<usize>load<u8>(NATURAL_ORDER + k)) << 3));
        const magnitude = <i32>(Math.abs(value) * load<f64>(component + OUT_RECIPROCALS + (k << 3)) + ROUND);
        if (magnitude === 0) continue;
        if (magnitude > 1_023) return false;
        setNextSymbol(appendCoefficient(nextSymbol, table, k - last - 1, magnitude, value < 0 ? -1 : 0));
        last = k;
      }
    }
    appendEndOfBlock(table, last);
  }
  memory.fill(
    load<i32>(component + REDUCED_BLOCKS),
    0,
    reducedBlock(component, wide << (vertical ? 1 : 0)) - load<i32>(component + REDUCED_BLOCKS),
  );
  return true;
}

/**
 * Merges reduced blocks that stand side by side into rows of 8.
 * @param lower 0 for the upper row of blocks, 1 for the lower one @returns the energy of the result: the sum of its squares
 */
function mergeHorizontally(component: usize, x: i32, lower: i32, horizontal: bool, vertical: bool, to: usize): f64 {
  const wide = load<i32>(component + BLOCKS_WIDE);
  const left = lower * wide + (horizontal ? 2 * x : x);
  const paired = horizontal && 2 * x + 1 < wide;
  const masks = load<i32>(component + REDUCED_ROW_MASKS) + left;
  // The first row holds the DC coefficient.
  const mask = 1 | <i32>load<u8>(masks) | (paired ? <i32>load<u8>(masks + 1) : 0);
  const height = vertical ? 4 : 8;
  const first = reducedBlock(component, left);
  const second = reducedBlock(component, left + 1);
  let energy: f64 = 0;
  for (let row = 0; row < height; row++) {
    const out = to + (row << 6);
    if (((mask >> row) & 1) === 0) {
      for (let u = 0; u < 64; u += 16) v128.store(out + u, f64x2.splat(0));
      continue;
    }
    const l = first + (row << (horizontal ? 5 : 6));
    if (!horizontal) {
      for (let u = 0; u < 64; u += 8) {
        const value = load<f64>(l + u);
        store<f64>(out + u, value);
        energy += value * value;
      }
      continue;
    }
    const r = second + (row << 5);
    const l0 = load<f64>(l);
    const l1 = load<f64>(l, 8);
    const l2 = load<f64>(l, 16);
    const l3 = load<f64>(l, 24);
    const r0 = paired ? load<f64>(r) : l0;
    const r1 = paired ? load<f64>(r, 8) : -l1;
    const r2 = paired ? load<f64>(r, 16) : l2;
    const r3 = paired ? load<f64>(r, 24) : -l3;
    energy += l0 * l0 + l1 * l1 + l2 * l2 + l3 * l3 + r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3;
    mergeHalves(out, 8, l0, l1, l2, l3, r0, r1, r2, r3);
  }
  return energy;
}

/** Merges rows of 8 above each other into a block, two columns at a time. */
function mergeVertically(paired: bool): void {
  for (let u = 0; u < 64; u += 16) {
    const t = ROWS + u;
    const t0 = v128.load(t);
    const t1 = v128.load(t, 64);
    const t2 = v128.load(t, 128);
    const t3 = v128.load(t, 192);
    const b0 = paired ? v128.load(t, 512) : t0;
    const b1 = paired ? v128.load(t, 576) : f64x2.neg(t1);
    const b2 = paired ? v128.load(t, 640) : t2;
    const b3 = paired ? v128.load(t, 704) : f64x2.neg(t3);
    mergeColumnPairs(MERGED + u, t0, t1, t2, t3, b0, b1, b2, b3);
  }
}

/**
 * The DCT of 8 samples from the DCTs of their first 4 (l) and last 4 (r). Mirroring 4 samples negates their odd coefficients.
 * The even coefficients of the result are the sum of the first half and the mirrored second half; each odd coefficient
 * depends on all four of their difference. @param stride bytes between two coefficients
 */
function mergeHalves(
  out: usize,
  stride: usize,
  l0: f64,
  l1: f64,
  l2: f64,
  l3: f64,
  r0: f64,
  r1: f64,
  r2: f64,
  r3: f64,
): void {
  store<f64>(out, (l0 + r0) * SQRT_HALF);
  store<f64>(out + 2 * stride, (l1 - r1) * SQRT_HALF);
  store<f64>(out + 4 * stride, (l2 + r2) * SQRT_HALF);
  store<f64>(out + 6 * stride, (l3 - r3) * SQRT_HALF);
  const d0 = l0 - r0;
  const d1 = l1 + r1;
  const d2 = l2 - r2;
  const d3 = l3 + r3;
  store<f64>(
    out + stride,
    0.6407288619353766 * d0 + 0.2939689006048397 * d1 - 0.0527910607256972 * d2 + 0.0161837840950385 * d3,
  );
  store<f64>(
    out + 3 * stride,
    -0.2249940557841039 * d0 + 0.5593674850223509 * d1 + 0.3629437454255755 * d2 - 0.0689748448207356 * d3,
  );
  store<f64>(
    out + 5 * stride,
    0.1503362217337614 * d0 - 0.2492148003224728 * d1 + 0.5431837009273124 * d2 + 0.3467599613305368 * d3,
  );
  store<f64>(
    out + 7 * stride,
    -0.1274488947760398 * d0 + 0.1964237395967756 * d1 - 0.2653985844175114 * d2 + 0.6121585457480482 * d3,
  );
}

/** The same for two neighbouring columns at once, whose coefficients are 64 bytes apart. */
function mergeColumnPairs(
  out: usize,
  l0: v128,
  l1: v128,
  l2: v128,
  l3: v128,
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
): void {
  const half = f64x2.splat(SQRT_HALF);
  v128.store(out, f64x2.mul(f64x2.add(l0, r0), half));
  v128.store(out + 128, f64x2.mul(f64x2.sub(l1, r1), half));
  v128.store(out + 256, f64x2.mul(f64x2.add(l2, r2), half));
  v128.store(out + 384, f64x2.mul(f64x2.sub(l3, r3), half));
  const d0 = f64x2.sub(l0, r0);
  const d1 = f64x2.add(l1, r1);
  const d2 = f64x2.sub(l2, r2);
  const d3 = f64x2.add(l3, r3);
  v128.store(
    out + 64,
    f64x2.add(
      f64x2.add(
        f64x2.add(f64x2.mul(f64x2.splat(0.6407288619353766), d0), f64x2.mul(f64x2.splat(0.2939689006048397), d1)),
        f64x2.mul(f64x2.splat(-0.0527910607256972), d2),
      ),
      f64x2.mul(f64x2.splat(0.0161837840950385), d3),
    ),
  );
  v128.store(
    out + 192,
    f64x2.add(
      f64x2.add(
        f64x2.add(f64x2.mul(f64x2.splat(-0.2249940557841039), d0), f64x2.mul(f64x2.splat(0.5593674850223509), d1)),
        f64x2.mul(f64x2.splat(0.3629437454255755), d2),
      ),
      f64x2.mul(f64x2.splat(-0.0689748448207356), d3),
    ),
  );
  v128.store(
    out + 320,
    f64x2.add(
      f64x2.add(
        f64x2.add(f64x2.mul(f64x2.splat(0.1503362217337614), d0), f64x2.mul(f64x2.splat(-0.2492148003224728), d1)),
        f64x2.mul(f64x2.splat(0.5431837009273124), d2),
      ),
      f64x2.mul(f64x2.splat(0.3467599613305368), d3),
    ),
  );
  v128.store(
    out + 448,
    f64x2.add(
      f64x2.add(
        f64x2.add(f64x2.mul(f64x2.splat(-0.1274488947760398), d0), f64x2.mul(f64x2.splat(0.1964237395967756), d1)),
        f64x2.mul(f64x2.splat(-0.2653985844175114), d2),
      ),
      f64x2.mul(f64x2.splat(0.6121585457480482), d3),
    ),
  );
}

/** Natural (row by row) index of each coefficient in zig-zag order (T.81 figure A.6). */
const NATURAL_ORDER = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);
