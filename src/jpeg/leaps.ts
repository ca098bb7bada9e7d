import { type DecodingTable, END_OF_BLOCK, entryOf, jump, LOOKED_UP } from './decoding-table.ts';
import type { Rule } from './requantise.ts';

/** Leaps begin at most this far into a block; the first coefficients have the smallest steps. */
const LATEST_START = 8;

/** A table that reads several symbols at once where all but the last one become 0. */
export interface Leaps {
  /** Holds behind this place. */
  from: number;
  /** Like `DecodingTable.jumps`: the steps of all symbols, the size of the last one, and the bits with and without it. */
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
  const table = ac.short.map((_, index) => leap(ac, index, dropped));
  return { from, table };
}

/** @param bits `LOOKED_UP` of them @param dropped values of so many bits become 0 */
function leap({ short }: DecodingTable, bits: number, dropped: number): number {
  let places = 0;
  let length = 0;
  while (length < LOOKED_UP && places < 63) {
    const code = short[(bits << length) & ((1 << LOOKED_UP) - 1)] ?? 0;
    const size = (code >> 8) & 15;
    const step = jump(code >> 8);
    // Not all of the code is in sight.
    if (code === 0 || step === 0 || length + (code & 0xff) > LOOKED_UP) break;
    places += step;
    length += code & 0xff;
    if (size > dropped || step === END_OF_BLOCK) return entryOf(places, size, length);
    length += size;
  }
  return places === 0 ? 0 : entryOf(places, 0, length);
}
