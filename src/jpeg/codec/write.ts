import { CODES, LANE_BYTES, LANES, OUT_DC, OUT_HIGH, OUT_START, OUT_WIDE, USES } from './layout';
import { tokenOf } from './tokens';

const DC_COLOUR: i32 = 2 << 8;

/** Where the next byte goes, and those behind it below; the lowest `count` bits of `word` are not written yet. */
let out: usize = 0;
let word: u64 = 0;
let count: u64 = 0;

/** Counts how often each symbol is needed: those of AC coefficients in the list of tokens, those of DC ones on the way. */
export function countUses(first: usize, end: usize, side: i32, mcusWide: i32, mcusHigh: i32): void {
  memory.fill(USES, 0, 4_096);
  for (let token = first; token < end; token += 4) use(load<i32>(token));
  walk(side, mcusWide, mcusHigh, 0);
}

/**
 * Writes coded data. @param to room for it, without stuffing and then with it @param size of the first part
 * @param empty a block without coefficients @returns where it ends; it starts behind the first part
 */
export function write(to: usize, size: usize, empty: usize, side: i32, mcusWide: i32, mcusHigh: i32): usize {
  out = to + size - 1;
  word = 0;
  count = 0;
  walk(side, mcusWide, mcusHigh, empty);
  // The last byte is filled up with ones (T.81 F.1.2.3).
  word = (word << 7) | 0x7f;
  count += 7;
  store<u64>(out - 7, word << (64 - count));
  out -= <usize>(count >>> 3);
  return stuff(to + size - 1, out, to + size);
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
  const token = tokenOf(table, 0, abs(difference), difference >> 31);
  if (empty === 0) {
    use(token);
    if (!there) use(0x100);
    return dc;
  }
  let at: usize = there ? load<usize>(load<i32>(lane + OUT_START) + (index << 2)) : empty;
  let bits = word;
  let left = count;
  let to = out;
  let next = token;
  let last = false;
  for (;;) {
    const code = load<u32>(CODES + ((next & 0x3ff) << 2));
    const length = <u64>(code & 31);
    bits = (bits << length) | ((code >>> 5) | (<u32>next >>> 10));
    left += length;
    // Whether a byte has become full is past foretelling: what is not is written over.
    store<u64>(to - 7, bits << (64 - left));
    to -= <usize>(left >>> 3);
    left &= 7;
    if (last) break;
    next = load<i32>(at);
    // The last one is an end of block, or stands for none.
    last = (next & 0xef) === 0;
    at += 4;
  }
  word = bits;
  count = left;
  out = to;
  return dc;
}

function use(token: i32): void {
  const counter = USES + ((token & 0x3ff) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Puts coded data the right way round, with a stuffed zero behind each 255 (F.1.2.3). @returns where it ends */
function stuff(from: usize, end: usize, to: usize): usize {
  let at = from;
  let out = to;
  while (at > end) {
    const backwards = v128.load(at - 15);
    const bytes = v128.shuffle<u8>(backwards, backwards, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    v128.store(out, bytes);
    const full = i8x16.bitmask(v128.eq<u8>(bytes, i8x16.splat(-1)));
    if (full === 0 && at - end >= 16) {
      at -= 16;
      out += 16;
      continue;
    }
    const plain = min(<usize>ctz(full | 0x10000), at - end);
    at -= plain;
    out += plain;
    if (at === end) break;
    at--;
    store<u8>(out, 0, 1);
    out += 2;
  }
  return out;
}
