import { CODES, LANE_BYTES, LANES, OUT_DC, OUT_HIGH, OUT_START, OUT_WIDE, USES } from './layout';

const DC_COLOUR: i32 = 2 << 8;

/** Where the next byte goes; the lowest `count` bits of `word` are not written yet. */
let out: usize = 0;
let word: u64 = 0;
let count: i32 = 0;

/** Counts how often each symbol is needed: those of AC coefficients in the list of tokens, those of DC ones on the way. */
export function countUses(first: usize, end: usize, side: i32, mcusWide: i32, mcusHigh: i32): void {
  memory.fill(USES, 0, 4_096);
  for (let token = first; token < end; token += 4) use(load<i32>(token));
  walk(side, mcusWide, mcusHigh, 0);
}

/** Writes coded data. @param empty a block without coefficients @returns where it ends */
export function write(to: usize, empty: usize, side: i32, mcusWide: i32, mcusHigh: i32): usize {
  out = to;
  word = 0;
  count = 0;
  walk(side, mcusWide, mcusHigh, empty);
  // The last byte is filled up with ones (T.81 F.1.2.3).
  word = (word << 7) | 0x7f;
  count += 7;
  for (; count >= 8; count -= 8) writeByte(<u32>(word >> (count - 8)) & 0xff);
  return out;
}

/**
 * All blocks in the order of MCUs (T.81 A.2.3): one block of grey, or four of brightness and one of each colour. Where MCUs
 * reach past the blocks that there are, empty ones as bright as the last one fill them up.
 * @param side blocks of brightness across and down @param empty 0 for counting only
 */
function walk(side: i32, mcusWide: i32, mcusHigh: i32, empty: usize): void {
  const parts = side === 1 ? 1 : 3;
  let first = 0;
  let second = 0;
  let third = 0;
  for (let row = 0; row < mcusHigh; row++) {
    for (let column = 0; column < mcusWide; column++) {
      for (let v = 0; v < side; v++) {
        for (let h = 0; h < side; h++) first = block(LANES, column * side + h, row * side + v, 0, first, empty);
      }
      if (parts === 1) continue;
      second = block(LANES + LANE_BYTES, column, row, DC_COLOUR, second, empty);
      third = block(LANES + 2 * LANE_BYTES, column, row, DC_COLOUR, third, empty);
    }
  }
}

/** One block. @returns its DC coefficient */
function block(lane: usize, x: i32, y: i32, table: i32, previous: i32, empty: usize): i32 {
  const wide = load<i32>(lane + OUT_WIDE);
  const there = x < wide && y < load<i32>(lane + OUT_HIGH);
  const index = y * wide + x;
  const dc = there ? <i32>load<i16>(load<i32>(lane + OUT_DC) + (index << 1)) : previous;
  // Size and value of the difference (F.1.2.1).
  const difference = dc - previous;
  const size = 32 - clz(abs(difference));
  const value = difference < 0 ? difference + (1 << size) - 1 : difference;
  const token = (value << 10) | table | size;
  if (empty === 0) {
    use(token);
    if (!there) use(0x100);
    return dc;
  }
  let at: usize = there ? load<usize>(load<i32>(lane + OUT_START) + (index << 2)) : empty;
  let bits = word;
  let left = count;
  let next = token;
  let last = false;
  for (;;) {
    const code = load<i32>(CODES + ((next & 0x3ff) << 2));
    const values = next & 15;
    const length = (code >> 16) + values;
    bits = (bits << length) | (((code & 0xffff) << values) | (next >> 10));
    left += length;
    if (left >= 32) {
      left -= 32;
      writeFour(<u32>(bits >> left));
    }
    if (last) break;
    next = load<i32>(at);
    // The last one is an end of block, or stands for none.
    last = (next & 0xef) === 0;
    at += 4;
  }
  word = bits;
  count = left;
  return dc;
}

function use(token: i32): void {
  const counter = USES + ((token & 0x3ff) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Four bytes, each 255 with a stuffed zero behind it (F.1.2.3). */
function writeFour(four: u32): void {
  // None of them is 255.
  if ((four & ~(four + 0x01010101) & 0x80808080) === 0) {
    store<u32>(out, bswap<u32>(four));
    out += 4;
    return;
  }
  writeByte(four >> 24);
  writeByte((four >> 16) & 0xff);
  writeByte((four >> 8) & 0xff);
  writeByte(four & 0xff);
}

function writeByte(byte: u32): void {
  store<u8>(out++, <u8>byte);
  if (byte === 0xff) store<u8>(out++, 0);
}
