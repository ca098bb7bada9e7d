import { position, setPosition } from './bits';
import { finishRow, isHalved } from './halving';
import { ACROSS, DOWN, LANE_BYTES, LANES, PREVIOUS, WIDE } from './layout';
import { forgetEnded, pourBlock, readAcFirst, readAcMore, readDcFirst, readDcMore, setBand } from './progressive';
import { readSequential } from './sequential';

/** Kinds of scan. */
const SEQUENTIAL: i32 = 0;
const DC_FIRST: i32 = 1;
const DC_MORE: i32 = 2;
const AC_FIRST: i32 = 3;

let kind: i32 = 0;
/** Bit n for component n, and whether it is the only one. */
let parts: i32 = 0;
let alone: bool = false;
/** MCUs across; MCUs between two restarts, and until the next one. */
let wide: i32 = 0;
let interval: i32 = 0;
let untilRestart: i32 = 0;
/** Where the next stretch of coded data starts is written here; where this one ends, in bits. */
let stretch: usize = 0;
let end: u32 = 0;

/** Prepares for a scan, whose rows are then to be read one by one. @param stretches addresses where stretches start and end */
export function beginScan(
  newKind: i32,
  newParts: i32,
  newWide: i32,
  newInterval: i32,
  stretches: usize,
  from: i32,
  to: i32,
  low: i32,
): void {
  kind = newKind;
  parts = newParts;
  alone = popcnt(parts) === 1;
  wide = newWide;
  interval = newInterval;
  stretch = stretches;
  untilRestart = 0;
  end = 0;
  setPosition(0);
  setBand(from, to, low);
}

/** Reads a row of MCUs (T.81 A.2). @returns whether it is well-formed */
export function readRow(row: i32): bool {
  for (let column = 0; column < wide; column++) {
    if (untilRestart === 0) {
      if (!isAtEnd()) return false;
      setPosition(startOf(load<u32>(stretch)));
      stretch += 4;
      end = startOf(load<u32>(stretch));
      untilRestart = interval;
      forgetEnded();
      for (let lane = LANES; lane < LANES + 3 * LANE_BYTES; lane += LANE_BYTES) store<i32>(lane + PREVIOUS, 0);
    }
    untilRestart--;
    for (let part = 0; part < 3; part++) {
      if (((parts >> part) & 1) === 0) continue;
      const lane: usize = LANES + part * LANE_BYTES;
      const halved = isHalved(lane);
      const across = alone ? 1 : load<i32>(lane + ACROSS);
      const down = alone ? 1 : load<i32>(lane + DOWN);
      for (let v = 0; v < down; v++) {
        for (let h = 0; h < across; h++) {
          if (!readBlock(lane, halved, column * across + h, row * down + v)) return false;
        }
      }
      // Damaged: what follows would be read from the next stretch, or from nowhere.
      if (position < end) return false;
    }
  }
  if (kind !== SEQUENTIAL) return true;
  for (let part = 0; part < 3; part++) {
    const lane: usize = LANES + part * LANE_BYTES;
    if (((parts >> part) & 1) === 1 && isHalved(lane) && !finishRow(lane, row)) return false;
  }
  return true;
}

function readBlock(lane: usize, halved: bool, x: i32, y: i32): bool {
  if (kind === SEQUENTIAL) return readSequential(lane, halved, x, y);
  const block = y * load<i32>(lane + WIDE) + x;
  if (kind === DC_FIRST) return readDcFirst(lane, block);
  if (kind === DC_MORE) return readDcMore(lane, block);
  return kind === AC_FIRST ? readAcFirst(lane, block) : readAcMore(lane, block);
}

/** Position of the first bit of a byte. */
function startOf(address: u32): u32 {
  return ((address - 7) << 3) + 7;
}

/** A stretch ends with the byte of its last code (F.1.2.3). To be asked at the end of a scan, too. */
export function isAtEnd(): bool {
  return position >= end && position - end < 8;
}

/** A row of blocks of a progressive picture, once it is complete. */
export function pourRow(part: i32, y: i32): bool {
  const lane: usize = LANES + part * LANE_BYTES;
  const across = load<i32>(lane + WIDE);
  for (let x = 0; x < across; x++) if (!pourBlock(lane, x, y)) return false;
  return !isHalved(lane) || finishRow(lane, y);
}
