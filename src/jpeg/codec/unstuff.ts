/** Address of the next byte to write; further bytes go below it. */
export let unstuffed: usize = 0;

export function setUnstuffed(to: usize): void {
  unstuffed = to;
}

/**
 * Copies an entropy-coded segment without its stuffed zero bytes (T.81 F.1.2.3). The copy runs backwards in memory, so that
 * the bit reader can load 8 bytes at a time. Reads up to 15 bytes past the end, and overwrites as many below the last byte
 * that it writes.
 * @returns where the segment ends: at a marker, or at `end`
 */
export function unstuff(from: usize, end: usize): usize {
  let at = from;
  let out = unstuffed;
  for (;;) {
    const bytes = v128.load(at);
    v128.store(out - 15, v128.shuffle<u8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const mask = i8x16.bitmask(v128.eq<u8>(bytes, i8x16.splat(-1)));
    if (mask === 0 && at + 16 < end) {
      at += 16;
      out -= 16;
      continue;
    }
    const before = min(<usize>ctz(mask | 0x10000), end - at);
    at += before;
    out -= before;
    if (at + 1 >= end || load<u8>(at, 1) !== 0) break;
    // The stuffed zero is dropped, the 0xFF before it stays.
    at += 2;
    out--;
  }
  unstuffed = out;
  return at;
}
