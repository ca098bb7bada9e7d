import { acAdvance, acEntry, type DecodingTable, END_OF_BLOCK, LOOKAHEAD_BITS } from './huffman-decoding-table.ts';
import type { Requantization } from './requantize.ts';

/** The lookup is used from this coefficient on at the latest: the first ones have the smallest quantization values. */
const LATEST_START = 8;

/** A Huffman lookup that decodes several symbols at once where all but the last one become zero. */
export interface MultiSymbolLookup {
  /** It holds for the coefficients after this one (zig-zag index). */
  from: number;
  /** As `DecodingTable.acLookup`: sum of all advances, additional bits of the last symbol, bits with and without these. */
  table: Int32Array;
}

/**
 * Coefficients that requantization turns into zero need not be decoded one by one. In a picture of high quality they are
 * the majority.
 */
export function multiSymbolLookup(ac: DecodingTable, { thresholds }: Requantization): MultiSymbolLookup {
  /** Values of up to this many additional bits become zero. */
  let zeroedSize = 0;
  let from = 1;
  for (let size = 1; size < 5; size++) {
    let start = 64;
    while (start > 1 && (thresholds[start - 1] ?? 0) >= 1 << size) start--;
    if (start > LATEST_START) break;
    zeroedSize = size;
    from = start - 1;
  }
  const table = ac.lookup.map((_, bits) => entryOf(ac, bits, zeroedSize));
  return { from, table };
}

/** @param bits `LOOKAHEAD_BITS` of them @param zeroedSize values of up to this many additional bits become zero */
function entryOf({ lookup }: DecodingTable, bits: number, zeroedSize: number): number {
  let advance = 0;
  let length = 0;
  while (length < LOOKAHEAD_BITS && advance < 63) {
    const code = lookup[(bits << length) & ((1 << LOOKAHEAD_BITS) - 1)] ?? 0;
    const size = (code >> 8) & 15;
    const next = acAdvance(code >> 8);
    // The next code is not entirely within these bits.
    if (code === 0 || next === 0 || length + (code & 0xff) > LOOKAHEAD_BITS) break;
    advance += next;
    length += code & 0xff;
    if (size > zeroedSize || next === END_OF_BLOCK) return acEntry(advance, size, length);
    length += size;
  }
  return advance === 0 ? 0 : acEntry(advance, 0, length);
}
