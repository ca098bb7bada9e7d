/** A Huffman table as it is written (T.81 section B.2.4.2). */
export interface EncodingTable {
  /** Codes of each length, 1 to 16. */
  counts: Uint8Array;
  /** Shortest code first. */
  symbols: Uint8Array;
}

/** Longest code of a file. */
const LONGEST = 16;

/**
 * The table that codes a picture in the fewest bits (T.81 section K.2).
 * @param uses how often each symbol is needed, 256 of them
 */
export function encodingTable(uses: Uint32Array): EncodingTable {
  const symbols = [...uses.keys()].filter((symbol) => uses[symbol] !== 0);
  symbols.sort((a, b) => (uses[b] ?? 0) - (uses[a] ?? 0) || a - b);
  // One more, the rarest, takes the code of all ones, which must not be used.
  const lengths = codeLengths([...symbols.map((symbol) => uses[symbol] ?? 0), 0]);
  const counts = new Array<number>(Math.max(LONGEST, ...lengths) + 1).fill(0);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  shorten(counts);
  const longest = counts.findLastIndex((count) => count > 0);
  counts[longest] = (counts[longest] ?? 0) - 1;
  return { counts: Uint8Array.from(counts.slice(1, LONGEST + 1)), symbols: Uint8Array.from(symbols) };
}

/** Huffman's lengths for weights that fall: the two lightest trees become one until one is left. */
function codeLengths(weights: number[]): number[] {
  interface Tree {
    weight: number;
    children?: [Tree, Tree];
    length?: number;
  }
  const leaves = weights.map((weight): Tree => ({ weight }));
  const single = [...leaves];
  const grown: Tree[] = [];
  let first = 0;
  // Grown trees come out in the order of their weights, so that the lightest is at one of two places.
  const lightest = (): Tree => {
    const [leaf, tree] = [single.at(-1), grown[first]];
    if (leaf && (!tree || leaf.weight <= tree.weight)) return single.pop() ?? leaf;
    first++;
    return tree ?? { weight: 0 };
  };
  while (single.length + grown.length - first > 1) {
    const children: [Tree, Tree] = [lightest(), lightest()];
    grown.push({ weight: children[0].weight + children[1].weight, children });
  }
  for (const tree of grown.toReversed()) {
    for (const child of tree.children ?? []) child.length = (tree.length ?? 0) + 1;
  }
  return leaves.map(({ length = 1 }) => length);
}

/** Moves codes that are too long up, by as little as there is to be had (figure K.3). */
function shorten(counts: number[]): void {
  const add = (length: number, by: number) => {
    counts[length] = (counts[length] ?? 0) + by;
  };
  for (let length = counts.length - 1; length > LONGEST; length--) {
    while ((counts[length] ?? 0) > 0) {
      let shorter = length - 2;
      while (counts[shorter] === 0) shorter--;
      // Two siblings leave: one takes their parent's code, the other one shares that of a shorter one.
      add(length, -2);
      add(length - 1, 1);
      add(shorter + 1, 2);
      add(shorter, -1);
    }
  }
}
