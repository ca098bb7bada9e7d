/** A Huffman table as a DHT segment holds it (T.81 B.2.4.2). */
export interface EncodingTable {
  /** BITS: number of codes of each length, 1 to 16. */
  counts: Uint8Array;
  /** HUFFVAL: shortest code first. */
  symbols: Uint8Array;
}

/** Longest code of a DHT segment, in bits. */
const MAX_LENGTH = 16;

/**
 * The table that codes a picture in the fewest bits (T.81 K.2).
 * @param frequencies how often each of the 256 symbols is used
 */
export function optimalTable(frequencies: Uint32Array): EncodingTable {
  const symbols = [...frequencies.keys()].filter((symbol) => frequencies[symbol] !== 0);
  symbols.sort((a, b) => (frequencies[b] ?? 0) - (frequencies[a] ?? 0) || a - b);
  // One more symbol, the rarest of all, takes the code of all ones, which is reserved.
  const lengths = codeLengths([...symbols.map((symbol) => frequencies[symbol] ?? 0), 0]);
  const counts = new Array<number>(Math.max(MAX_LENGTH, ...lengths) + 1).fill(0);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  limitLengths(counts);
  const longest = counts.findLastIndex((count) => count > 0);
  counts[longest] = (counts[longest] ?? 0) - 1;
  return { counts: Uint8Array.from(counts.slice(1, MAX_LENGTH + 1)), symbols: Uint8Array.from(symbols) };
}

/** Huffman's code lengths for descending frequencies: the two rarest trees are joined until one is left. */
function codeLengths(frequencies: number[]): number[] {
  interface Tree {
    frequency: number;
    children?: [Tree, Tree];
    length?: number;
  }
  const leaves = frequencies.map((frequency): Tree => ({ frequency }));
  const single = [...leaves];
  const joined: Tree[] = [];
  let first = 0;
  // Trees are joined in ascending order of frequency, so that the rarest one is at one of two places.
  const rarest = (): Tree => {
    const [leaf, tree] = [single.at(-1), joined[first]];
    if (leaf && (!tree || leaf.frequency <= tree.frequency)) return single.pop() ?? leaf;
    first++;
    return tree ?? { frequency: 0 };
  };
  while (single.length + joined.length - first > 1) {
    const children: [Tree, Tree] = [rarest(), rarest()];
    joined.push({ frequency: children[0].frequency + children[1].frequency, children });
  }
  for (const tree of joined.toReversed()) {
    for (const child of tree.children ?? []) child.length = (tree.length ?? 0) + 1;
  }
  return leaves.map(({ length = 1 }) => length);
}

/** Shortens codes of more than 16 bits, at the least cost (Adjust_BITS, T.81 figure K.3). */
function limitLengths(counts: number[]): void {
  const add = (length: number, by: number) => {
    counts[length] = (counts[length] ?? 0) + by;
  };
  for (let length = counts.length - 1; length > MAX_LENGTH; length--) {
    while ((counts[length] ?? 0) > 0) {
      let shorter = length - 2;
      while (counts[shorter] === 0) shorter--;
      // Of two siblings one takes their parent's code; the other one and the owner of a shorter code get that one's children.
      add(length, -2);
      add(length - 1, 1);
      add(shorter + 1, 2);
      add(shorter, -1);
    }
  }
}

/**
 * The codes of up to four tables, by table × 256 + symbol (T.81 annex C). The lowest 5 bits are the length of the code and
 * its additional bits together; above them stands the code, followed by zeros in place of the additional bits.
 */
export function huffmanCodes(tables: EncodingTable[]): Int32Array {
  const codes = new Int32Array(1_024);
  for (const [table, { counts, symbols }] of tables.entries()) {
    let code = 0;
    let index = 0;
    for (const [shorter, count] of counts.entries()) {
      for (let number = 0; number < count; number++) {
        const symbol = symbols[index++] ?? 0;
        const size = symbol & 15;
        codes[(table << 8) | symbol] = (code++ << (size + 5)) | (shorter + 1 + size);
      }
      code <<= 1;
    }
  }
  return codes;
}
