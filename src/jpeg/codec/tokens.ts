import { DC_FROM, DC_TO, FACTOR, FACTOR_BITS, NEARLY_HALF } from './layout';

/** Where the next token goes. */
export let tokens: usize = 0;

export function setTokens(to: usize): void {
  tokens = to;
}

/** Symbol for 16 zeros (T.81 table F.2). */
export const ZERO_RUN: i32 = 0xf0;

/** A magnitude in new steps; 0 behind the end of a block. Half is rounded towards zero, in spite of a rounded factor. */
export function rounded(lane: usize, place: i32, magnitude: i32): i32 {
  return (magnitude * load<i32>(lane + FACTOR + (place << 2)) + NEARLY_HALF) >>> FACTOR_BITS;
}

/** The token of a coefficient behind up to 15 zeros. @param sign 0, or -1 for a negative one */
export function tokenOf(table: i32, run: i32, magnitude: i32, sign: i32): i32 {
  const size = 32 - clz(magnitude);
  // The value of a negative one is written with all bits turned (F.1.2.1.1).
  const value = (magnitude ^ sign) & ~(-1 << size);
  return (value << 10) | table | (run << 4) | size;
}

/**
 * Adds a coefficient behind any number of zeros. Whether it became 0, too, is past foretelling: a token is written anyhow,
 * and the next one over it. @returns where that goes
 */
export function addToken(to: usize, table: i32, run: i32, magnitude: i32, sign: i32): usize {
  const kept = i32(magnitude !== 0);
  let next = to;
  let zeros = run;
  if (kept & i32(run > 15)) {
    for (; zeros > 15; zeros -= 16) {
      store<i32>(next, table | ZERO_RUN);
      next += 4;
    }
  }
  store<i32>(next, tokenOf(table, zeros, magnitude, sign));
  return next + (kept << 2);
}

/** End of block, or the token that stands for none. */
export function endBlock(table: i32, last: i32): void {
  store<i32>(tokens, table | (last === 63 ? 0x10 : 0));
  tokens += 4;
}

/** The mean of a block of 8 bits a sample, times 8: that of white, and the least that is rounded to it. */
const WHITE = 1_016;
const NEARLY_WHITE = 1_012;
export const OUT_OF_RANGE: i32 = 0x7fff;

/**
 * Whether a DC coefficient is what samples of 8 bits can have, give or take a step (T.81 F.1.2.1.2). Decoders do not agree
 * on others.
 */
export function isInRange(lane: usize, dc: i32): bool {
  const step = load<i32>(lane + DC_FROM);
  return abs(dc) * step <= 1_024 + step;
}

/** A DC coefficient in new steps. Half is rounded away from zero, and what a decoder shows as white stays white. */
export function requantiseDc(lane: usize, value: f64): i32 {
  const whole = value >= NEARLY_WHITE ? Math.max(value, WHITE) : value;
  const magnitude = <i32>(Math.abs(whole) / <f64>load<i32>(lane + DC_TO) + 0.5);
  return signedLevel(magnitude, value < 0 ? -1 : 0);
}

/** The same for one that is a whole number. */
export function requantiseWholeDc(lane: usize, value: i32): i32 {
  const whole = value >= NEARLY_WHITE ? max(value, WHITE) : value;
  const step = load<i32>(lane + DC_TO);
  return signedLevel(<i32>(<u32>(2 * abs(whole) + step) / <u32>(2 * step)), value >> 31);
}

function signedLevel(magnitude: i32, sign: i32): i32 {
  return magnitude > 1_023 - sign ? OUT_OF_RANGE : (magnitude ^ sign) - sign;
}
