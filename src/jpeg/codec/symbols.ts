import { DC_QUANT_IN, DC_QUANT_OUT, FACTORS, FRACTION_BITS, ROUNDING } from './layout';

/**
 * Between reading and writing, a block's AC coefficients are a list of packed symbols: what Huffman coding needs and no
 * more, in one word each. From the lowest bit on: symbol RRRRSSSS of T.81 F.1.2.2 (8 bits), number of the Huffman table
 * (2 bits), additional bits (F.1.2.1).
 */

/** Address of the next packed symbol. */
export let nextSymbol: usize = 0;

export function setNextSymbol(to: usize): void {
  nextSymbol = to;
}

/** ZRL, the symbol for 16 zero coefficients (T.81 F.1.2.2.1). */
export const ZRL: i32 = 0xf0;

/**
 * A magnitude in the new quantization. Halves are rounded towards zero, whatever the rounding error of the factor.
 * @param k zig-zag index; past the last coefficient the factor, and so the result, is 0
 */
export function requantize(component: usize, k: i32, magnitude: i32): i32 {
  return (magnitude * load<i32>(component + FACTORS + (k << 2)) + ROUNDING) >>> FRACTION_BITS;
}

/** @param table in the position that it has in a packed symbol @param run zeros before, up to 15 @param sign 0, or -1 */
export function packSymbol(table: i32, run: i32, magnitude: i32, sign: i32): i32 {
  const size = 32 - clz(magnitude);
  // The additional bits of a negative value are inverted (F.1.2.1.1).
  const additional = (magnitude ^ sign) & ~(-1 << size);
  return (additional << 10) | table | (run << 4) | size;
}

/**
 * Appends a coefficient and the zeros before it. Which coefficients requantization turns into zeros is unpredictable, and a
 * mispredicted branch costs more than a store: the symbol is always stored, and the next one overwrites that of a zero.
 * @returns address of the next symbol
 */
export function appendCoefficient(to: usize, table: i32, run: i32, magnitude: i32, sign: i32): usize {
  const kept = i32(magnitude !== 0);
  let next = to;
  let zeros = run;
  if (kept & i32(run > 15)) {
    for (; zeros > 15; zeros -= 16) {
      store<i32>(next, table | ZRL);
      next += 4;
    }
  }
  store<i32>(next, packSymbol(table, zeros, magnitude, sign));
  return next + (kept << 2);
}

/**
 * Ends a block with EOB. After a last coefficient that is not zero the standard has no EOB (F.1.2.2.1): then the list gets
 * 0x10, which no coefficient has and which is coded as nothing, so that every list ends with an entry to stop at.
 */
export function appendEndOfBlock(table: i32, last: i32): void {
  store<i32>(nextSymbol, table | (last === 63 ? 0x10 : 0));
  nextSymbol += 4;
}

/** DC coefficient of a white block of 8-bit samples, 8 × (255 - 128), and the least that decodes to white. */
const WHITE = 1_016;
const NEARLY_WHITE = 1_012;
export const OUT_OF_RANGE: i32 = 0x7fff;

/**
 * Whether a DC coefficient is one that 8-bit samples can have, give or take one quantization value: level-shifted they are
 * -128 to 127 (T.81 A.3.1), and the DC coefficient is 8 times their mean. Decoders do not agree on others.
 */
export function isInRange(component: usize, dc: i32): bool {
  const quant = load<i32>(component + DC_QUANT_IN);
  return abs(dc) * quant <= 1_024 + quant;
}

/**
 * Quantizes a DC coefficient. Halves are rounded away from zero. What decodes to white before does so afterwards: products
 * stand on white backgrounds, on which a shade of grey shows.
 * @returns `OUT_OF_RANGE` where the result does not fit into a baseline file
 */
export function quantizeDc(component: usize, value: f64): i32 {
  const whole = value >= NEARLY_WHITE ? Math.max(value, WHITE) : value;
  const magnitude = <i32>(Math.abs(whole) / <f64>load<i32>(component + DC_QUANT_OUT) + 0.5);
  return checkedDc(magnitude, value < 0 ? -1 : 0);
}

/** The same in integers. */
export function quantizeIntegerDc(component: usize, value: i32): i32 {
  const whole = value >= NEARLY_WHITE ? max(value, WHITE) : value;
  const quant = load<i32>(component + DC_QUANT_OUT);
  return checkedDc(<i32>(<u32>(2 * abs(whole) + quant) / <u32>(2 * quant)), value >> 31);
}

function checkedDc(magnitude: i32, sign: i32): i32 {
  return magnitude > 1_023 - sign ? OUT_OF_RANGE : (magnitude ^ sign) - sign;
}
