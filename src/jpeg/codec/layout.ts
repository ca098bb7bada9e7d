/**
 * Where things lie in the memory of the codec, in bytes. Both sides import it: AssemblyScript, which works there, and
 * TypeScript, which puts things in and takes them out.
 */

/** Three of them, one a component. */
export const LANES = 65_536;
export const LANE_BYTES = 32_768;
/** Codes of the four tables that are written, and how often each symbol is needed; 1,024 words each. */
export const CODES = LANES + 3 * LANE_BYTES;
export const USES = CODES + 4_096;
/** Rows and block of a transform on their way: 192 doubles. */
export const SCRATCH = USES + 4_096;
/** Everything that has the size of the picture. */
export const HEAP = SCRATCH + 2_048;

/** Words at the start of a lane. */
export const ACROSS = 0;
export const DOWN = 4;
export const WIDE = 8;
export const HIGH = 12;
/** Whether columns and rows are halved: 0 or 1 each. */
export const HALVE_ACROSS = 16;
export const HALVE_DOWN = 20;
/** AC table of the tokens, as in `tokens.ts`. */
export const TABLE = 24;
export const LEAPS_FROM = 28;
/** Steps of the DC coefficient, before and after. */
export const DC_FROM = 32;
export const DC_TO = 36;
/** DC coefficient of the block before. */
export const PREVIOUS = 40;
/** The plane that is written: size in blocks; where its DC coefficients and the tokens of each block stand. */
export const OUT_WIDE = 44;
export const OUT_HIGH = 48;
export const OUT_DC = 52;
export const OUT_START = 56;
/** Folded blocks of a row of MCUs, and the rows of each in which there is something. */
export const FOLDED = 60;
export const FOLDED_ROWS = 64;
/** Coefficients of a progressive picture, and the places of each block that are not 0, a bit each. */
export const COEFFICIENTS = 68;
export const PLACES = 72;

/**
 * Factors of a rule are whole numbers with so many bits behind the point, and this is added before those are cut off. Down
 * to steps of 1 / 255 nothing comes between it and a half, and no factor is so far off that a value of 10 bits would.
 */
export const FACTOR_BITS = 20;
export const NEARLY_HALF = 523_239;

/** Tables of a lane: of the rule or the fold, then of the decoding tables. */
export const FACTOR = 128;
/** Takes the place of that for a fold: factor, offset in the folded block, bit of its row, for each coefficient. */
export const FOLD = 128;
export const WEAKEST = 2_752;
export const OUT_FACTOR = 3_328;
export const SHORT = 4_096;
export const JUMPS = 12_288;
export const LEAPS = 20_480;
/** For long codes: 17 ends, 17 offsets, then the symbols. */
export const LONG_DC = 28_672;
export const LONG_AC = 30_720;
export const LONG_OFFSETS = 68;
export const LONG_SYMBOLS = 136;
