import { FRACTION_BITS, ROUNDING } from './codec/layout.ts';
import type { QuantizationTable } from './quantization-table.ts';

/**
 * Entries of the table of factors. At the end of a block the decoder goes past index 63, by `END_OF_BLOCK` and the runs that
 * a multi-symbol lookup added up before it; the factors there are 0.
 */
const FACTORS = 512;

/** How the coefficients of a component change from one quantization table to another; everything in zig-zag order. */
export interface Requantization {
  /** The table to write. */
  table: QuantizationTable;
  /** What quantized coefficients are multiplied by: fixed-point, with `FRACTION_BITS` fraction bits. */
  factors: Int32Array;
  /** The least magnitude of each quantized coefficient that does not become zero. */
  thresholds: Int32Array;
}

/**
 * Requantization from one table towards another. Where the value in the file is the coarser one it stays: a finer one would
 * cost bytes and bring no detail back.
 */
export function requantization(from: QuantizationTable, wanted: QuantizationTable): Requantization {
  const table = wanted.map((quant, k) => Math.max(quant, from[k] ?? 0));
  const factors = new Int32Array(FACTORS);
  const thresholds = new Int32Array(table.length);
  for (const [k, quant] of table.entries()) {
    const factor = Math.round(((from[k] ?? 0) / quant) * 2 ** FRACTION_BITS);
    factors[k] = factor;
    thresholds[k] = Math.ceil((2 ** FRACTION_BITS - ROUNDING) / factor);
  }
  return { table, factors, thresholds };
}
