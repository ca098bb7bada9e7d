import { bitsAt, decodeDc, decodeLongCode, magnitudeOf, position, setPosition, signOf } from './bit-reader';
import { addToReduced, reducedBlock, reducedIndex } from './downsample';
import {
  AC_LONG_CODES,
  AC_LOOKUP,
  AC_TABLE,
  DC_PREDICTION,
  DC_QUANT_IN,
  MULTI_SYMBOL_FROM,
  MULTI_SYMBOL_LOOKUP,
  OUT_BLOCKS_WIDE,
  OUT_DC,
  OUT_SYMBOLS,
  REDUCED_ROW_MASKS,
  REDUCTION,
} from './layout';
import {
  appendCoefficient,
  appendEndOfBlock,
  isInRange,
  nextSymbol,
  OUT_OF_RANGE,
  quantizeIntegerDc,
  requantize,
  setNextSymbol,
} from './symbols';

/** Advance of EOB, as in `huffman-decoding-table.ts`. */
const END_OF_BLOCK: i32 = 256;

/** Decodes a block of a sequential scan (T.81 F.2.2). @returns whether it is well-formed */
export function decodeSequential(component: usize, downsampled: bool, x: i32, y: i32): bool {
  if (!decodeDc(component)) return false;
  const dc = load<i32>(component + DC_PREDICTION);
  if (!isInRange(component, dc)) return false;
  if (downsampled) return decodeReduced(component, dc, x, y);
  const outDc = quantizeIntegerDc(component, dc * load<i32>(component + DC_QUANT_IN));
  if (outDc === OUT_OF_RANGE) return false;
  const block = y * load<i32>(component + OUT_BLOCKS_WIDE) + x;
  store<i16>(load<i32>(component + OUT_DC) + (block << 1), <i16>outDc);
  store<i32>(load<i32>(component + OUT_SYMBOLS) + (block << 2), <i32>nextSymbol);
  // The multi-symbol lookup may have read on into the next block: then again, symbol by symbol.
  return decodeAc(component, load<i32>(component + MULTI_SYMBOL_FROM)) || decodeAc(component, 64);
}

/** Decodes, requantizes and packs AC coefficients. @param multiSymbolFrom zig-zag index */
function decodeAc(component: usize, multiSymbolFrom: i32): bool {
  const table = load<i32>(component + AC_TABLE);
  let to = nextSymbol;
  let at = position;
  let k = 0;
  let last = 0;
  while (k < 63) {
    const bits = bitsAt(at);
    let entry = load<u32>(
      component + (k < multiSymbolFrom ? AC_LOOKUP : MULTI_SYMBOL_LOOKUP) + ((<usize>(bits >>> 53)) << 2),
    );
    if (entry === 0) {
      entry = longCodeEntry(component, <i32>(bits >>> 48));
      if (entry === 0) return false;
    }
    at -= (entry >>> 6) & 31;
    k += entry >>> 16;
    const additional = <u32>((bits << (<u64>entry)) >>> 32);
    const sign = signOf(additional);
    const magnitude = requantize(component, k, magnitudeOf(additional, sign, entry >>> 11));
    to = appendCoefficient(to, table, k - last - 1, magnitude, sign);
    last = magnitude === 0 ? last : k;
  }
  if (k > 63 && (k < END_OF_BLOCK || k > END_OF_BLOCK + 62)) return false;
  setPosition(at);
  setNextSymbol(to);
  appendEndOfBlock(table, last);
  return true;
}

/** Decodes AC coefficients into a reduced block. */
function decodeReduced(component: usize, dc: i32, x: i32, y: i32): bool {
  const block = reducedIndex(component, x, y);
  const values = reducedBlock(component, block);
  store<f64>(values, <f64>dc * load<f64>(component + REDUCTION));
  let at = position;
  let k = 0;
  let rows = 0;
  while (k < 63) {
    const bits = bitsAt(at);
    let entry = load<u32>(component + AC_LOOKUP + ((<usize>(bits >>> 53)) << 2));
    if (entry === 0) {
      entry = longCodeEntry(component, <i32>(bits >>> 48));
      if (entry === 0) return false;
    }
    at -= (entry >>> 6) & 31;
    k += entry >>> 16;
    if (k > 63) break;
    const additional = <u32>((bits << (<u64>entry)) >>> 32);
    const sign = signOf(additional);
    const value = (magnitudeOf(additional, sign, entry >>> 11) ^ sign) - sign;
    rows |= addToReduced(component, values, k, value);
  }
  if (k > 63 && k < END_OF_BLOCK) return false;
  setPosition(at);
  store<u8>(load<i32>(component + REDUCED_ROW_MASKS) + block, <u8>rows);
  return true;
}

/** `acEntry` of `huffman-decoding-table.ts` for a code that is longer than the lookup; 0 for none (T.81 table F.2). */
function longCodeEntry(component: usize, bits: i32): u32 {
  const code = decodeLongCode(component + AC_LONG_CODES, bits);
  const run = code >> 12;
  const size = (code >> 8) & 15;
  if (code === 0 || size > 10 || (size === 0 && run > 0 && run < 15)) return 0;
  const advance = size > 0 ? run + 1 : run === 0 ? END_OF_BLOCK : 16;
  const length = code & 0xff;
  return (advance << 16) | ((31 - size) << 11) | ((length + size) << 6) | length;
}
