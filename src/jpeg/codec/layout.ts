/**
 * The memory map of the codec, in bytes. Both sides import it: AssemblyScript, which works in that memory, and TypeScript,
 * which fills it and reads it back.
 */

/** State of up to three components, one after the other. */
export const COMPONENTS = 65_536;
export const COMPONENT_BYTES = 32_768;
/** Codes of the four Huffman tables to write, and how often each symbol is used: 1,024 words each, 256 per table. */
export const HUFFMAN_CODES = COMPONENTS + 3 * COMPONENT_BYTES;
export const SYMBOL_COUNTS = HUFFMAN_CODES + 4_096;
/** Work space for one block: 192 doubles. */
export const SCRATCH = SYMBOL_COUNTS + 4_096;
/** From here on: everything whose size depends on the picture. */
export const HEAP = SCRATCH + 2_048;

/** Words at the start of a component's state: sampling factors (T.81 A.1.1) and size in blocks, whole MCUs included. */
export const H_SAMPLING = 0;
export const V_SAMPLING = 4;
export const BLOCKS_WIDE = 8;
export const BLOCKS_HIGH = 12;
/** Whether the component is downsampled 2:1 horizontally and vertically: 0 or 1 each. */
export const DOWNSAMPLE_H = 16;
export const DOWNSAMPLE_V = 20;
/** Number of the AC Huffman table to write, in the position that it has in packed symbols (`symbols.ts`). */
export const AC_TABLE = 24;
/** The multi-symbol lookup may be used after this coefficient. */
export const MULTI_SYMBOL_FROM = 28;
/** Quantization value of the DC coefficient in the file, and in the result. */
export const DC_QUANT_IN = 32;
export const DC_QUANT_OUT = 36;
/** DC coefficient of the block before: PRED of T.81 F.1.1.5.1. */
export const DC_PREDICTION = 40;
/** The component as it is written: size in blocks, address of its DC coefficients, address of each block's AC symbols. */
export const OUT_BLOCKS_WIDE = 44;
export const OUT_BLOCKS_HIGH = 48;
export const OUT_DC = 52;
export const OUT_SYMBOLS = 56;
/** Reduced blocks of a row of MCUs (`downsample.ts`), and for each a mask of its rows that are not all zero. */
export const REDUCED_BLOCKS = 60;
export const REDUCED_ROW_MASKS = 64;
/** Coefficients of a progressive picture, and for each block a mask of its AC coefficients that are not zero. */
export const COEFFICIENTS = 68;
export const NONZERO_MASKS = 72;

/**
 * Requantization factors are fixed-point numbers with this many fraction bits, and `ROUNDING` is added before the fraction
 * is cut off. It is 1/1000 less than a half, so that halves are rounded towards zero. With quantization values up to 255 a
 * quotient that is not a half is at least 1/510 away from one, and the factor's own rounding moves a coefficient of 10 bits
 * by less than 1/2000: neither can cross it.
 */
export const FRACTION_BITS = 20;
export const ROUNDING = 523_239;

/** Tables in a component's state. Requantization factors, by zig-zag index. */
export const FACTORS = 128;
/** In their place where the component is downsampled, for each coefficient: weight, offset in the reduced block, row bit. */
export const REDUCTION = 128;
/** The least energy with which this or a later coefficient is not quantized to zero (`downsample.ts`). */
export const ENERGY_THRESHOLDS = 2_752;
/** 1 ÷ quantization value of the result. */
export const OUT_RECIPROCALS = 3_328;
/** Huffman lookup tables (`huffman-decoding-table.ts`, `multi-symbol-lookup.ts`). */
export const DC_LOOKUP = 4_096;
export const AC_LOOKUP = 12_288;
export const MULTI_SYMBOL_LOOKUP = 20_480;
/** For codes longer than the lookup: 17 upper bounds, 17 offsets, then the symbols. */
export const DC_LONG_CODES = 28_672;
export const AC_LONG_CODES = 30_720;
export const LONG_CODE_OFFSETS = 68;
export const LONG_CODE_SYMBOLS = 136;
