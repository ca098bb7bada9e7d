import {
  FOLD,
  FOLDED,
  FOLDED_ROWS,
  HALVE_ACROSS,
  HALVE_DOWN,
  HIGH,
  OUT_DC,
  OUT_FACTOR,
  OUT_START,
  OUT_WIDE,
  SCRATCH,
  TABLE,
  WEAKEST,
  WIDE,
} from './layout';
import { addToken, endBlock, OUT_OF_RANGE, requantiseDc, setTokens, tokens } from './tokens';

const HALF_ROOT: f64 = Math.SQRT1_2;
/** More than rounding can take from a sum of 64 squares. */
const ENERGY_ERROR: f64 = 0.01;
const ROUND: f64 = 0.4999999;

/** Rows of 8 on their way: those of the upper block, then those of the lower one; then the new block. */
const ROWS: usize = SCRATCH;
const JOINED: usize = SCRATCH + 1_024;

/** Whether the colour of a lane comes out at half the size. */
export function isHalved(lane: usize): bool {
  return (load<i32>(lane + HALVE_ACROSS) | load<i32>(lane + HALVE_DOWN)) !== 0;
}

/** Index of a folded block until its row is finished. */
export function foldedIndex(lane: usize, x: i32, y: i32): i32 {
  return (y & load<i32>(lane + HALVE_DOWN)) * load<i32>(lane + WIDE) + x;
}

/** Address of a folded block, 16 to 32 doubles row by row. */
export function foldedBlock(lane: usize, index: i32): usize {
  return load<i32>(lane + FOLDED) + (index << (9 - load<i32>(lane + HALVE_ACROSS) - load<i32>(lane + HALVE_DOWN)));
}

/** Adds a coefficient to a folded block. @returns the bit of its row */
export function fold(lane: usize, values: usize, place: i32, value: i32): i32 {
  const rule = lane + FOLD + (place << 4);
  const target = values + load<i32>(rule, 8);
  store<f64>(target, load<f64>(target) + <f64>value * load<f64>(rule));
  return load<i32>(rule, 12);
}

/**
 * Folded blocks of a row joined two by two or four to one, as soon as there are enough.
 * @returns whether all of them can be written
 */
export function finishRow(lane: usize, y: i32): bool {
  const across = load<i32>(lane + HALVE_ACROSS) === 1;
  const down = load<i32>(lane + HALVE_DOWN) === 1;
  const wide = load<i32>(lane + WIDE);
  const high = load<i32>(lane + HIGH);
  if (down && (y & 1) === 0 && y < high - 1) return true;
  // At the edge of the picture nothing stands beside a block but its own mirror image.
  const paired = down && (y & 1) === 1;
  const outWide = load<i32>(lane + OUT_WIDE);
  const table = load<i32>(lane + TABLE);
  for (let x = 0; x < outWide; x++) {
    let energy = widen(lane, x, 0, across, down, ROWS);
    if (paired) energy += widen(lane, x, 1, across, down, ROWS + 512);
    else if (down) energy *= 2;
    const upper = load<f64>(ROWS);
    const dc = down ? (upper + (paired ? load<f64>(ROWS + 512) : upper)) * HALF_ROOT : upper;
    const block = (down ? y >> 1 : y) * outWide + x;
    const level = requantiseDc(lane, dc);
    if (level === OUT_OF_RANGE) return false;
    store<i16>(load<i32>(lane + OUT_DC) + (block << 1), <i16>level);
    store<i32>(load<i32>(lane + OUT_START) + (block << 2), <i32>tokens);
    // No coefficient holds more than all of them together, and most blocks have next to nothing beside their DC.
    const most = energy - dc * dc + ENERGY_ERROR;
    let last = 0;
    if (load<f64>(lane + WEAKEST + 8) <= most) {
      let joined = ROWS;
      if (down) {
        joinDown(paired);
        joined = JOINED;
      }
      for (let place = 1; load<f64>(lane + WEAKEST + (place << 3)) <= most; place++) {
        const value = load<f64>(joined + ((<usize>load<u8>(ZIGZAG + place)) << 3));
        const magnitude = <i32>(Math.abs(value) * load<f64>(lane + OUT_FACTOR + (place << 3)) + ROUND);
        if (magnitude === 0) continue;
        if (magnitude > 1_023) return false;
        setTokens(addToken(tokens, table, place - last - 1, magnitude, value < 0 ? -1 : 0));
        last = place;
      }
    }
    endBlock(table, last);
  }
  memory.fill(load<i32>(lane + FOLDED), 0, foldedBlock(lane, wide << (down ? 1 : 0)) - load<i32>(lane + FOLDED));
  return true;
}

/** Folded blocks side by side become rows of 8. @param part 0 for the upper ones @returns their energy */
function widen(lane: usize, x: i32, part: i32, across: bool, down: bool, to: usize): f64 {
  const wide = load<i32>(lane + WIDE);
  const left = part * wide + (across ? 2 * x : x);
  const paired = across && 2 * x + 1 < wide;
  const rows = load<i32>(lane + FOLDED_ROWS) + left;
  // The first row holds the DC coefficient.
  const used = 1 | <i32>load<u8>(rows) | (paired ? <i32>load<u8>(rows + 1) : 0);
  const height = down ? 4 : 8;
  const first = foldedBlock(lane, left);
  const second = foldedBlock(lane, left + 1);
  let energy: f64 = 0;
  for (let row = 0; row < height; row++) {
    const out = to + (row << 6);
    if (((used >> row) & 1) === 0) {
      for (let u = 0; u < 64; u += 16) v128.store(out + u, f64x2.splat(0));
      continue;
    }
    const l = first + (row << (across ? 5 : 6));
    if (!across) {
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
    joinHalves(out, 8, l0, l1, l2, l3, r0, r1, r2, r3);
  }
  return energy;
}

/** Rows of 8 above each other become a block, two columns at a time. */
function joinDown(paired: bool): void {
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
    joinPairs(JOINED + u, t0, t1, t2, t3, b0, b1, b2, b3);
  }
}

/**
 * The transform of 8 samples from the transforms of their first and second 4. Even coefficients need only the sum of the
 * first half and the mirrored second one, whose odd coefficients change their sign; odd ones the difference of the two,
 * every coefficient of it. @param stride between two coefficients
 */
function joinHalves(
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
  store<f64>(out, (l0 + r0) * HALF_ROOT);
  store<f64>(out + 2 * stride, (l1 - r1) * HALF_ROOT);
  store<f64>(out + 4 * stride, (l2 + r2) * HALF_ROOT);
  store<f64>(out + 6 * stride, (l3 - r3) * HALF_ROOT);
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

/** The same for two columns, whose coefficients stand 64 bytes apart. */
function joinPairs(out: usize, l0: v128, l1: v128, l2: v128, l3: v128, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const half = f64x2.splat(HALF_ROOT);
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

/** Place in a block, row by row, of each coefficient in the order of a file (T.81 figure A.6). */
const ZIGZAG = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);
