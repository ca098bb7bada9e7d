import { type Steps, ZIGZAG } from './quantisation.ts';

/** Positions behind an end of block, and a value that no coefficient has. */
const POSITIONS = 512;
const NEVER = 1 << 16;

/** What becomes of the coefficients of a component, each at its place in the order of a file. */
export interface Rule {
  /** Steps that are written. */
  steps: Steps;
  /** What a coefficient is multiplied with. */
  factor: Float64Array;
  /** The smallest value that does not become 0. */
  least: Int32Array;
}

/** Half is rounded towards zero: as near as the other way, in fewer bytes. No ratio of two steps comes closer to a half. */
const ROUND = 0.4999999;

/**
 * From one set of steps to another. Where the old step is the coarser one it stays: a finer one would cost bytes and
 * show nothing more.
 */
export function requantise(from: Steps, wanted: Steps): Rule {
  const steps = wanted.map((step, index) => Math.max(step, from[index] ?? 0));
  const factor = Float64Array.from(steps, (step, index) => (from[index] ?? 0) / step);
  const least = new Int32Array(POSITIONS).fill(NEVER);
  for (const [index, part] of factor.entries()) {
    let value = 1;
    while (Math.floor(value * part + ROUND) === 0) value++;
    least[index] = value;
  }
  return { steps, factor, least };
}

/** What a component's coefficients become on their way into blocks of half the size. */
export interface Fold {
  /** Place in the folded block, row by row. */
  place: Uint8Array;
  /** Old step, times what is left of the coefficient there. */
  factor: Float64Array;
  /** 1, or NEVER where nothing is left. */
  least: Int32Array;
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
  const least = new Int32Array(POSITIONS).fill(NEVER);
  for (const [index, natural] of ZIGZAG.entries()) {
    const x = foldOne(natural & 7, across);
    const y = foldOne(natural >> 3, down);
    place[index] = y.to * (across ? 4 : 8) + x.to;
    factor[index] = x.factor * y.factor * (from[index] ?? 0);
    if (factor[index] !== 0) least[index] = 1;
  }
  return { place, factor, least };
}

function foldOne(frequency: number, halved: boolean): { to: number; factor: number } {
  if (!halved) return { to: frequency, factor: 1 };
  const factor = Math.SQRT1_2 * Math.cos((frequency * Math.PI) / 16);
  if (frequency === 4) return { to: 0, factor: 0 };
  return frequency < 4 ? { to: frequency, factor } : { to: 8 - frequency, factor: -factor };
}
