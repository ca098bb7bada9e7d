import { FACTOR_BITS, NEARLY_HALF } from './codec/layout.ts';
import { type Steps, ZIGZAG } from './quantisation.ts';

/** Positions behind an end of block are nothing. */
const POSITIONS = 512;

/** What becomes of the coefficients of a component, each at its place in the order of a file. */
export interface Rule {
  /** Steps that are written. */
  steps: Steps;
  /** What a coefficient is multiplied with, × 2 ** FACTOR_BITS; `POSITIONS` of them. */
  factor: Int32Array;
  /** The smallest value that does not become 0. */
  least: Int32Array;
}

/**
 * From one set of steps to another. Where the old step is the coarser one it stays: a finer one would cost bytes and
 * show nothing more.
 */
export function requantise(from: Steps, wanted: Steps): Rule {
  const steps = wanted.map((step, index) => Math.max(step, from[index] ?? 0));
  const factor = new Int32Array(POSITIONS);
  const least = new Int32Array(steps.length);
  for (const [index, step] of steps.entries()) {
    const part = Math.round(((from[index] ?? 0) / step) * 2 ** FACTOR_BITS);
    factor[index] = part;
    least[index] = Math.ceil((2 ** FACTOR_BITS - NEARLY_HALF) / part);
  }
  return { steps, factor, least };
}

/** What a component's coefficients become on their way into blocks of half the size. */
export interface Fold {
  /** Place in the folded block, row by row. */
  place: Uint8Array;
  /** Old step, times what is left of the coefficient there. */
  factor: Float64Array;
}

/**
 * Averaging neighbours of 8 samples turns coefficient u into coefficient u of 4 samples, and 8 - u into minus that one;
 * 4 vanishes. (Write the average of two neighbouring cosines as a product.)
 * @param across whether columns are halved
 * @param down whether rows are halved
 */
export function fold(from: Steps, across: boolean, down: boolean): Fold {
  const place = new Uint8Array(64);
  const factor = new Float64Array(64);
  for (const [index, natural] of ZIGZAG.entries()) {
    const x = foldOne(natural & 7, across);
    const y = foldOne(natural >> 3, down);
    place[index] = y.to * (across ? 4 : 8) + x.to;
    factor[index] = x.factor * y.factor * (from[index] ?? 0);
  }
  return { place, factor };
}

function foldOne(frequency: number, halved: boolean): { to: number; factor: number } {
  if (!halved) return { to: frequency, factor: 1 };
  const factor = Math.SQRT1_2 * Math.cos((frequency * Math.PI) / 16);
  if (frequency === 4) return { to: 0, factor: 0 };
  return frequency < 4 ? { to: frequency, factor } : { to: 8 - frequency, factor: -factor };
}
