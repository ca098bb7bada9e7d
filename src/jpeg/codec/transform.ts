import {
  AC_TABLE,
  COMPONENT_BYTES,
  COMPONENTS,
  OUT_BLOCKS_HIGH,
  OUT_BLOCKS_WIDE,
  OUT_DC,
  OUT_SYMBOLS,
  SCRATCH,
} from './layout';
import { appendEndOfBlock, nextSymbol, setNextSymbol, ZRL } from './symbols';

/** Coefficients of a block at their new zig-zag index: packed symbols without table and run. */
const TRANSFORMED: usize = SCRATCH;

/**
 * Transforms a component that is ready to be written: flips it, then transposes it.
 * @param map new zig-zag index of each coefficient, then whether its sign changes; 64 bytes each
 * @param newDc receives the DC coefficients of its blocks @param newSymbols receives the addresses of their AC symbols
 */
export function transformComponent(
  index: i32,
  map: usize,
  flipHorizontal: bool,
  flipVertical: bool,
  transpose: bool,
  newDc: usize,
  newSymbols: usize,
): void {
  const component: usize = COMPONENTS + index * COMPONENT_BYTES;
  const wide = load<i32>(component + OUT_BLOCKS_WIDE);
  const high = load<i32>(component + OUT_BLOCKS_HIGH);
  const dc: usize = load<i32>(component + OUT_DC);
  const symbols: usize = load<i32>(component + OUT_SYMBOLS);
  const table = load<i32>(component + AC_TABLE);
  const newWide = transpose ? high : wide;
  const blocks = wide * high;
  for (let block = 0; block < blocks; block++) {
    const row = block / newWide;
    const column = block % newWide;
    const x = transpose ? row : column;
    const y = transpose ? column : row;
    const from = (flipVertical ? high - 1 - y : y) * wide + (flipHorizontal ? wide - 1 - x : x);
    store<i16>(newDc + (block << 1), load<i16>(dc + (from << 1)));
    store<i32>(newSymbols + (block << 2), <i32>nextSymbol);
    transformBlock(table, load<i32>(symbols + (from << 2)), map);
  }
  store<i32>(component + OUT_BLOCKS_WIDE, newWide);
  store<i32>(component + OUT_BLOCKS_HIGH, transpose ? wide : high);
  store<i32>(component + OUT_DC, <i32>newDc);
  store<i32>(component + OUT_SYMBOLS, <i32>newSymbols);
}

function transformBlock(table: i32, from: usize, map: usize): void {
  let nonzero: u64 = 0;
  let k = 0;
  for (;;) {
    const symbol = load<i32>(from);
    // EOB, or 0x10 in its place.
    if ((symbol & 0xef) === 0) break;
    from += 4;
    const size = symbol & 15;
    k += ((symbol >> 4) & 15) + 1;
    // ZRL.
    if (size === 0) continue;
    const newK: usize = load<u8>(map + k);
    // Inverting the additional bits changes the sign (T.81 F.1.2.1.1).
    const inverted = load<u8>(map + 64 + k) ? ((1 << size) - 1) << 10 : 0;
    store<i32>(TRANSFORMED + (newK << 2), (symbol ^ inverted) & ~0x3f0);
    nonzero |= (<u64>1) << newK;
  }
  let to = nextSymbol;
  let last = 0;
  for (; nonzero !== 0; nonzero &= nonzero - 1) {
    k = <i32>ctz(nonzero);
    let run = k - last - 1;
    for (; run > 15; run -= 16) {
      store<i32>(to, table | ZRL);
      to += 4;
    }
    store<i32>(to, load<i32>(TRANSFORMED + (k << 2)) | table | (run << 4));
    to += 4;
    last = k;
  }
  setNextSymbol(to);
  appendEndOfBlock(table, last);
}
