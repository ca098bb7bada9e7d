/** Where the next byte goes, and those behind it below. */
export let unstuffed: usize = 0;

export function setUnstuffed(to: usize): void {
  unstuffed = to;
}

/**
 * Copies coded data without its stuffing (T.81 F.1.2.3), backwards: so it can be read 8 bytes at a time. Looks at up to 15
 * bytes behind the end, and spoils as many below the last one that it writes.
 * @returns where it ends: at a marker, or at `end`
 */
export function unstuff(from: usize, end: usize): usize {
  let at = from;
  let out = unstuffed;
  for (;;) {
    const bytes = v128.load(at);
    v128.store(out - 15, v128.shuffle<u8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const full = i8x16.bitmask(v128.eq<u8>(bytes, i8x16.splat(-1)));
    if (full === 0 && at + 16 < end) {
      at += 16;
      out -= 16;
      continue;
    }
    const plain = min(<usize>ctz(full | 0x10000), end - at);
    at += plain;
    out -= plain;
    if (at + 1 >= end || load<u8>(at, 1) !== 0) break;
    // The stuffed zero goes, the 255 before it stays.
    at += 2;
    out--;
  }
  unstuffed = out;
  return at;
}
