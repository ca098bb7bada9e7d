import {
  COMPONENT_BYTES,
  COMPONENTS,
  HUFFMAN_CODES,
  OUT_BLOCKS_HIGH,
  OUT_BLOCKS_WIDE,
  OUT_DC,
  OUT_SYMBOLS,
  SYMBOL_COUNTS,
} from './layout';
import { packSymbol } from './symbols';

/** DC table of chroma, in the position that it has in packed symbols. Luma has tables 0 (DC) and 1 (AC), chroma 2 and 3. */
const DC_CHROMA: i32 = 2 << 8;

/** Address of the next byte, further ones below it; the lowest `bitCount` bits of `bitBuffer` are still to be written. */
let out: usize = 0;
let bitBuffer: u64 = 0;
let bitCount: u64 = 0;

/** Counts how often each symbol is used, for the Huffman tables: AC from the packed symbols, DC while predicting. */
export function countSymbols(first: usize, end: usize, lumaSampling: i32, mcusWide: i32, mcusHigh: i32): void {
  memory.fill(SYMBOL_COUNTS, 0, 4_096);
  for (let symbol = first; symbol < end; symbol += 4) count(load<i32>(symbol));
  encodeMcus(lumaSampling, mcusWide, mcusHigh, 0);
}

/**
 * Huffman-codes the scan.
 * @param to room for it without byte stuffing, then with it @param size of the first of the two, in bytes
 * @param emptyBlock address of the symbols of a block without AC coefficients
 * @returns where the entropy-coded segment ends; it starts at `to + size`
 */
export function encodeScan(
  to: usize,
  size: usize,
  emptyBlock: usize,
  lumaSampling: i32,
  mcusWide: i32,
  mcusHigh: i32,
): usize {
  out = to + size - 1;
  bitBuffer = 0;
  bitCount = 0;
  encodeMcus(lumaSampling, mcusWide, mcusHigh, emptyBlock);
  // The last byte is padded with ones (T.81 F.1.2.3).
  bitBuffer = (bitBuffer << 7) | 0x7f;
  bitCount += 7;
  store<u64>(out - 7, bitBuffer << (64 - bitCount));
  out -= <usize>(bitCount >>> 3);
  return stuff(to + size - 1, out, to + size);
}

/**
 * All blocks in MCU order (T.81 A.2.3): one block of grey, or four of luma and one of each chroma component. Where MCUs
 * reach past a component's blocks they are filled up with empty ones, whose DC coefficient is that of the block before.
 * @param lumaSampling 1 for grey, 2 for 4:2:0 @param emptyBlock 0 to count symbols only
 */
function encodeMcus(lumaSampling: i32, mcusWide: i32, mcusHigh: i32, emptyBlock: usize): void {
  const components = lumaSampling === 1 ? 1 : 3;
  let luma = 0;
  let cb = 0;
  let cr = 0;
  for (let row = 0; row < mcusHigh; row++) {
    for (let column = 0; column < mcusWide; column++) {
      for (let v = 0; v < lumaSampling; v++) {
        for (let h = 0; h < lumaSampling; h++) {
          luma = encodeBlock(COMPONENTS, column * lumaSampling + h, row * lumaSampling + v, 0, luma, emptyBlock);
        }
      }
      if (components === 1) continue;
      cb = encodeBlock(COMPONENTS + COMPONENT_BYTES, column, row, DC_CHROMA, cb, emptyBlock);
      cr = encodeBlock(COMPONENTS + 2 * COMPONENT_BYTES, column, row, DC_CHROMA, cr, emptyBlock);
    }
  }
}

/** @param prediction DC coefficient of the component's block before @returns that of this one */
function encodeBlock(component: usize, x: i32, y: i32, dcTable: i32, prediction: i32, emptyBlock: usize): i32 {
  const wide = load<i32>(component + OUT_BLOCKS_WIDE);
  const exists = x < wide && y < load<i32>(component + OUT_BLOCKS_HIGH);
  const index = y * wide + x;
  const dc = exists ? <i32>load<i16>(load<i32>(component + OUT_DC) + (index << 1)) : prediction;
  // The difference is coded (F.1.2.1).
  const difference = dc - prediction;
  const dcSymbol = packSymbol(dcTable, 0, abs(difference), difference >> 31);
  if (emptyBlock === 0) {
    count(dcSymbol);
    if (!exists) count(0x100);
    return dc;
  }
  let at: usize = exists ? load<usize>(load<i32>(component + OUT_SYMBOLS) + (index << 2)) : emptyBlock;
  let bits = bitBuffer;
  let left = bitCount;
  let to = out;
  let next = dcSymbol;
  let last = false;
  for (;;) {
    const code = load<u32>(HUFFMAN_CODES + ((next & 0x3ff) << 2));
    const length = <u64>(code & 31);
    bits = (bits << length) | ((code >>> 5) | (<u32>next >>> 10));
    left += length;
    // Whether a byte is full is as unpredictable: all bits are stored, and those of a byte that is not are overwritten.
    store<u64>(to - 7, bits << (64 - left));
    to -= <usize>(left >>> 3);
    left &= 7;
    if (last) break;
    next = load<i32>(at);
    // Every list ends with EOB, or with 0x10 in its place.
    last = (next & 0xef) === 0;
    at += 4;
  }
  bitBuffer = bits;
  bitCount = left;
  out = to;
  return dc;
}

function count(symbol: i32): void {
  const counter = SYMBOL_COUNTS + ((symbol & 0x3ff) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}

/** Reverses the bytes, and puts a zero byte behind each 0xFF (T.81 F.1.2.3). @returns where the segment ends */
function stuff(from: usize, end: usize, to: usize): usize {
  let at = from;
  let out = to;
  while (at > end) {
    const reversed = v128.load(at - 15);
    const bytes = v128.shuffle<u8>(reversed, reversed, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    v128.store(out, bytes);
    const mask = i8x16.bitmask(v128.eq<u8>(bytes, i8x16.splat(-1)));
    if (mask === 0 && at - end >= 16) {
      at -= 16;
      out += 16;
      continue;
    }
    const before = min(<usize>ctz(mask | 0x10000), at - end);
    at -= before;
    out += before;
    if (at === end) break;
    at--;
    store<u8>(out, 0, 1);
    out += 2;
  }
  return out;
}
