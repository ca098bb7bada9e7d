import { NotTaken } from './not-taken.ts';

/** Codes up to this length are looked up at once. */
export const LOOKED_UP = 11;

/** Jump of an end of block: past everything, and told from a run that leads too far. */
export const END_OF_BLOCK = 256;

/** A Huffman table as it is read (T.81 section F.2.2.3). */
export interface DecodingTable {
  /** By the next `LOOKED_UP` bits: symbol × 256 + length of the code; 0 for a longer code. */
  short: Int32Array;
  /**
   * The same for the AC coefficients of a sequential scan, as `entryOf` makes them.
   */
  jumps: Int32Array;
  /** Of each length, for codes of any length: the first 16 bits behind its last code, and what leads from code to symbol. */
  ends: Int32Array;
  offsets: Int32Array;
  symbols: Uint8Array;
}

/**
 * @param counts how many codes there are of each length, 1 to 16
 * @throws NotTaken where those are more than fit
 */
export function decodingTable(counts: Uint8Array, symbols: Uint8Array): DecodingTable {
  const short = new Int32Array(1 << LOOKED_UP);
  const jumps = new Int32Array(1 << LOOKED_UP);
  const ends = new Int32Array(17);
  const offsets = new Int32Array(17);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1] ?? 0;
    offsets[length] = index - code;
    for (const symbol of symbols.subarray(index, index + count)) {
      if (length <= LOOKED_UP) {
        const [from, to] = [code << (LOOKED_UP - length), (code + 1) << (LOOKED_UP - length)];
        short.fill((symbol << 8) | length, from, to);
        jumps.fill(jumpOf(symbol, length), from, to);
      }
      code++;
    }
    index += count;
    // All ones is no code (section C).
    if (code >= 1 << length) throw new NotTaken('Huffman table');
    ends[length] = code << (16 - length);
    code <<= 1;
  }
  return { short, jumps, ends, offsets, symbols };
}

function jumpOf(symbol: number, length: number): number {
  const size = symbol & 15;
  return jump(symbol) === 0 ? 0 : entryOf(jump(symbol), size, length);
}

/**
 * What is needed of a code and its value, so that it takes little to get at it: how far it leads on, 31 - size of the
 * value, length of both together, length of the code.
 */
export function entryOf(step: number, size: number, length: number): number {
  return (step << 16) | ((31 - size) << 11) | ((length + size) << 6) | length;
}

/** How far an AC symbol of a sequential scan leads on; 0 for what is none (T.81 table F.2). */
export function jump(symbol: number): number {
  const run = symbol >> 4;
  const size = symbol & 15;
  if (size > 0) return size > 10 ? 0 : run + 1;
  if (run === 0) return END_OF_BLOCK;
  return run === 15 ? 16 : 0;
}
