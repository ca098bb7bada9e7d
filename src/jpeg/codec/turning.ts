import { LANE_BYTES, LANES, OUT_DC, OUT_HIGH, OUT_START, OUT_WIDE, SCRATCH, TABLE } from './layout';
import { endBlock, setTokens, tokens, ZERO_RUN } from './tokens';

/** Coefficients of a block at their new places: tokens without table and run. */
const TURNED: usize = SCRATCH;

/**
 * Turns what is to be written of a component: mirrors it, then swaps rows and columns.
 * @param places new place of each coefficient, then whether its sign changes; 64 bytes each
 * @param newDc takes the DC coefficients of its blocks @param newStart takes the addresses of their tokens
 */
export function turnPlane(
  part: i32,
  places: usize,
  mirroredAcross: bool,
  mirroredDown: bool,
  swapped: bool,
  newDc: usize,
  newStart: usize,
): void {
  const lane: usize = LANES + part * LANE_BYTES;
  const wide = load<i32>(lane + OUT_WIDE);
  const high = load<i32>(lane + OUT_HIGH);
  const dc: usize = load<i32>(lane + OUT_DC);
  const start: usize = load<i32>(lane + OUT_START);
  const table = load<i32>(lane + TABLE);
  const newWide = swapped ? high : wide;
  const blocks = wide * high;
  for (let block = 0; block < blocks; block++) {
    const row = block / newWide;
    const column = block % newWide;
    const x = swapped ? row : column;
    const y = swapped ? column : row;
    const from = (mirroredDown ? high - 1 - y : y) * wide + (mirroredAcross ? wide - 1 - x : x);
    store<i16>(newDc + (block << 1), load<i16>(dc + (from << 1)));
    store<i32>(newStart + (block << 2), <i32>tokens);
    turnBlock(table, load<i32>(start + (from << 2)), places);
  }
  store<i32>(lane + OUT_WIDE, newWide);
  store<i32>(lane + OUT_HIGH, swapped ? wide : high);
  store<i32>(lane + OUT_DC, <i32>newDc);
  store<i32>(lane + OUT_START, <i32>newStart);
}

function turnBlock(table: i32, from: usize, places: usize): void {
  let used: u64 = 0;
  let place = 0;
  for (;;) {
    const token = load<i32>(from);
    // End of block, or what stands for none.
    if ((token & 0xef) === 0) break;
    from += 4;
    const size = token & 15;
    place += ((token >> 4) & 15) + 1;
    // Sixteen zeros.
    if (size === 0) continue;
    const newPlace: usize = load<u8>(places + place);
    // A value changes its sign by turning all of its bits (T.81 F.1.2.1.1).
    const turned = load<u8>(places + 64 + place) ? ((1 << size) - 1) << 10 : 0;
    store<i32>(TURNED + (newPlace << 2), (token ^ turned) & ~0x3f0);
    used |= (<u64>1) << newPlace;
  }
  let to = tokens;
  let last = 0;
  for (; used !== 0; used &= used - 1) {
    place = <i32>ctz(used);
    let run = place - last - 1;
    for (; run > 15; run -= 16) {
      store<i32>(to, table | ZERO_RUN);
      to += 4;
    }
    store<i32>(to, load<i32>(TURNED + (place << 2)) | table | (run << 4));
    to += 4;
    last = place;
  }
  setTokens(to);
  endBlock(table, last);
}
