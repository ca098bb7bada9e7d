import { codeAt, type DecodingTable, END_OF_BLOCK, jump, LOOKED_UP } from './decoding-table.ts';
import type { Rule } from './requantise.ts';

/** Leaps begin at most this far into a block; the first coefficients have the smallest steps. */
const LATEST_START = 8;

/** A table that reads several symbols at once where all but the last one become 0. */
export interface Leaps {
  /** Holds behind this place. */
  from: number;
  /** Like `DecodingTable.jumps`: the steps of all symbols, the size of the last one, and the bits up to its value. */
  table: Int32Array;
}

/** What a rule drops need not be looked at one by one: of a picture of high quality that is most of it. */
export function leaps(ac: DecodingTable, { least }: Rule): Leaps {
  /** Values of so many bits become 0. */
  let dropped = 0;
  let from = 1;
  for (let size = 1; size < 5; size++) {
    let start = 64;
    while (start > 1 && (least[start - 1] ?? 0) >= 1 << size) start--;
    if (start > LATEST_START) break;
    dropped = size;
    from = start - 1;
  }
  const table = Int32Array.from({ length: 1 << LOOKED_UP }, (_, index) => leap(ac, index << (32 - LOOKED_UP), dropped));
  return { from, table };
}

function leap(ac: DecodingTable, word: number, dropped: number): number {
  let places = 0;
  let length = 0;
  while (length < LOOKED_UP && places < 63) {
    const code = codeAt(ac, (word << length) >>> 16);
    const bits = code & 0xff;
    const size = (code >> 8) & 15;
    const step = jump(code >> 8);
    // Not all of the code is in sight.
    if (step === 0 || length + bits > LOOKED_UP) break;
    places += step;
    length += bits;
    if (size > dropped || step === END_OF_BLOCK) return (places << 16) | (size << 8) | length;
    length += size;
  }
  return (places << 16) | length;
}
