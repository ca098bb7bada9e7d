import { DC_FROM, DC_TO } from './layout';

/** Where the next token goes. */
export let tokens: usize = 0;

export function setTokens(to: usize): void {
  tokens = to;
}

/** Symbol for 16 zeros (T.81 table F.2). */
export const ZERO_RUN: i32 = 0xf0;

/** The token of a coefficient behind up to 15 zeros. @param sign 0, or -1 for a negative one */
export function tokenOf(table: i32, run: i32, magnitude: i32, sign: i32): i32 {
  const size = 32 - clz(magnitude);
  // The value of a negative one is written with all bits turned (F.1.2.1.1).
  const value = magnitude ^ (sign & ((1 << size) - 1));
  return (value << 10) | table | (run << 4) | size;
}

/** Adds a coefficient behind any number of zeros. */
export function addToken(table: i32, run: i32, magnitude: i32, sign: i32): void {
  for (; run > 15; run -= 16) {
    store<i32>(tokens, table | ZERO_RUN);
    tokens += 4;
  }
  store<i32>(tokens, tokenOf(table, run, magnitude, sign));
  tokens += 4;
}

/** End of block, or the token that stands for none. */
export function endBlock(table: i32, last: i32): void {
  store<i32>(tokens, table | (last === 63 ? 0x10 : 0));
  tokens += 4;
}

/** The mean of a block of 8 bits a sample, times 8: that of white, and the least that is rounded to it. */
const WHITE: f64 = 1016;
const NEARLY_WHITE: f64 = 1012;
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
  if (magnitude > (value < 0 ? 1_024 : 1_023)) return OUT_OF_RANGE;
  return value < 0 ? -magnitude : magnitude;
}
