import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** Codes of up to this many bits are decoded by one lookup (libjpeg's HUFF_LOOKAHEAD). */
export const LOOKAHEAD_BITS = 11;

/** Advance of EOB: past all 64 coefficients, and distinct from a run that leads past the last one by mistake. */
export const END_OF_BLOCK = 256;

/** A Huffman table for decoding (T.81 F.2.2.3). */
export interface DecodingTable {
  /** By the next `LOOKAHEAD_BITS` bits: symbol × 256 + length of the code; 0 for a longer code. */
  lookup: Int32Array;
  /** The same for AC coefficients of a sequential scan, with entries as `acEntry` makes them. */
  acLookup: Int32Array;
  /** By length of the code, for codes of any length: the first 16 bits past its last code (MAXCODE + 1, left-aligned). */
  bounds: Int32Array;
  /** By length of the code: what leads from a code to the index of its symbol (VALPTR - MINCODE). */
  offsets: Int32Array;
  /** HUFFVAL. */
  symbols: Uint8Array;
}

/**
 * @param counts BITS: number of codes of each length, 1 to 16
 * @param symbols HUFFVAL: shortest code first
 * @throws UnsupportedJpeg where there are more codes than fit
 */
export function decodingTable(counts: Uint8Array, symbols: Uint8Array): DecodingTable {
  const lookup = new Int32Array(1 << LOOKAHEAD_BITS);
  const acLookup = new Int32Array(1 << LOOKAHEAD_BITS);
  const bounds = new Int32Array(17);
  const offsets = new Int32Array(17);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    offsets[length] = index - code;
    for (const symbol of symbols.subarray(index, index + count)) {
      if (length <= LOOKAHEAD_BITS) {
        const [from, to] = [code << (LOOKAHEAD_BITS - length), (code + 1) << (LOOKAHEAD_BITS - length)];
        lookup.fill((symbol << 8) | length, from, to);
        acLookup.fill(acLookupEntry(symbol, length), from, to);
      }
      code++;
    }
    index += count;
    // The code of all ones is reserved (T.81 annex C).
    if (code >= 1 << length) throw new UnsupportedJpeg('Huffman table');
    bounds[length] = code << (16 - length);
    code <<= 1;
  }
  return { lookup, acLookup, bounds, offsets, symbols };
}

function acLookupEntry(symbol: number, length: number): number {
  const size = symbol & 15;
  return acAdvance(symbol) === 0 ? 0 : acEntry(acAdvance(symbol), size, length);
}

/**
 * What the inner loop needs of an AC symbol, so that it has only to shift: how many coefficients it advances, 31 - number
 * of additional bits, length of code and additional bits together, length of the code.
 */
export function acEntry(advance: number, size: number, length: number): number {
  return (advance << 16) | ((31 - size) << 11) | ((length + size) << 6) | length;
}

/** How many coefficients an AC symbol of a sequential scan advances; 0 for a symbol that there is not (T.81 table F.2). */
export function acAdvance(symbol: number): number {
  const run = symbol >> 4;
  const size = symbol & 15;
  if (size > 0) return size > 10 ? 0 : run + 1;
  if (run === 0) return END_OF_BLOCK;
  return run === 15 ? 16 : 0;
}
