import { NATURAL_ORDER, type QuantizationTable } from './quantization-table.ts';

/** Where each quantized coefficient, in zig-zag order, goes in a reduced block (`codec/downsample.ts`). */
export interface Reduction {
  /** Index in the reduced block, row by row. */
  targets: Uint8Array;
  /** What it is multiplied by on the way: its quantization value times what the averaging leaves of it. */
  weights: Float64Array;
}

/**
 * Averaging neighbours of 8 samples turns coefficient u of their DCT into coefficient u of a DCT of 4 samples, coefficient
 * 8 - u into minus coefficient u, and cancels coefficient 4. (The average of two neighbouring cosines is a product of two
 * cosines, one of which depends on the frequency alone.)
 * @param horizontal whether columns are averaged @param vertical whether rows are
 */
export function reduction(quantization: QuantizationTable, horizontal: boolean, vertical: boolean): Reduction {
  const targets = new Uint8Array(64);
  const weights = new Float64Array(64);
  for (const [k, natural] of NATURAL_ORDER.entries()) {
    const x = reduceFrequency(natural & 7, horizontal);
    const y = reduceFrequency(natural >> 3, vertical);
    targets[k] = y.target * (horizontal ? 4 : 8) + x.target;
    weights[k] = x.weight * y.weight * (quantization[k] ?? 0);
  }
  return { targets, weights };
}

function reduceFrequency(frequency: number, averaged: boolean): { target: number; weight: number } {
  if (!averaged) return { target: frequency, weight: 1 };
  const weight = Math.SQRT1_2 * Math.cos((frequency * Math.PI) / 16);
  if (frequency === 4) return { target: 0, weight: 0 };
  return frequency < 4 ? { target: frequency, weight } : { target: 8 - frequency, weight: -weight };
}
