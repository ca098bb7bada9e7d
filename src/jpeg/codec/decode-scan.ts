import { position, setPosition } from './bit-reader';
import { finishBlockRow, isDownsampled } from './downsample';
import { BLOCKS_WIDE, COMPONENT_BYTES, COMPONENTS, DC_PREDICTION, H_SAMPLING, V_SAMPLING } from './layout';
import {
  decodeAcFirst,
  decodeAcRefine,
  decodeDcFirst,
  decodeDcRefine,
  requantizeBlock,
  resetEobRun,
  setProgression,
} from './progressive';
import { decodeSequential } from './sequential';

/** Kinds of scan; any other is a refinement of AC coefficients. */
const SEQUENTIAL: i32 = 0;
const DC_FIRST: i32 = 1;
const DC_REFINE: i32 = 2;
const AC_FIRST: i32 = 3;

let kind: i32 = 0;
/** Bit n is set where component n is in the scan; a scan of one component is not interleaved. */
let componentMask: i32 = 0;
let interleaved: bool = false;
let mcusWide: i32 = 0;
/** MCUs in a restart interval, and left in this one. */
let restartInterval: i32 = 0;
let mcusToRestart: i32 = 0;
/** Where the address of the next entropy-coded segment stands; the position where the present one ends. */
let nextSegment: usize = 0;
let segmentEnd: u32 = 0;

/**
 * Starts a scan, whose rows of MCUs are then to be decoded one by one.
 * @param segments addresses of all entropy-coded segments, and of the end of the last one
 */
export function beginScan(
  scanKind: i32,
  components: i32,
  scanMcusWide: i32,
  interval: i32,
  segments: usize,
  ss: i32,
  se: i32,
  al: i32,
): void {
  kind = scanKind;
  componentMask = components;
  interleaved = popcnt(componentMask) !== 1;
  mcusWide = scanMcusWide;
  restartInterval = interval;
  nextSegment = segments;
  mcusToRestart = 0;
  segmentEnd = 0;
  setPosition(0);
  setProgression(ss, se, al);
}

/** Decodes a row of MCUs (T.81 A.2). @returns whether it is well-formed */
export function decodeMcuRow(row: i32): bool {
  for (let column = 0; column < mcusWide; column++) {
    if (mcusToRestart === 0) {
      if (!isAtSegmentEnd()) return false;
      setPosition(firstBitOf(load<u32>(nextSegment)));
      nextSegment += 4;
      segmentEnd = firstBitOf(load<u32>(nextSegment));
      mcusToRestart = restartInterval;
      resetEobRun();
      for (let component = COMPONENTS; component < COMPONENTS + 3 * COMPONENT_BYTES; component += COMPONENT_BYTES) {
        store<i32>(component + DC_PREDICTION, 0);
      }
    }
    mcusToRestart--;
    for (let index = 0; index < 3; index++) {
      if (((componentMask >> index) & 1) === 0) continue;
      const component: usize = COMPONENTS + index * COMPONENT_BYTES;
      const downsampled = isDownsampled(component);
      const h = interleaved ? load<i32>(component + H_SAMPLING) : 1;
      const v = interleaved ? load<i32>(component + V_SAMPLING) : 1;
      for (let y = 0; y < v; y++) {
        for (let x = 0; x < h; x++) {
          if (!decodeBlock(component, downsampled, column * h + x, row * v + y)) return false;
        }
      }
      // The data is damaged: what follows would be read from the next segment, or from outside of the file.
      if (position < segmentEnd) return false;
    }
  }
  if (kind !== SEQUENTIAL) return true;
  for (let index = 0; index < 3; index++) {
    const component: usize = COMPONENTS + index * COMPONENT_BYTES;
    if (((componentMask >> index) & 1) === 1 && isDownsampled(component) && !finishBlockRow(component, row))
      return false;
  }
  return true;
}

function decodeBlock(component: usize, downsampled: bool, x: i32, y: i32): bool {
  if (kind === SEQUENTIAL) return decodeSequential(component, downsampled, x, y);
  const block = y * load<i32>(component + BLOCKS_WIDE) + x;
  if (kind === DC_FIRST) return decodeDcFirst(component, block);
  if (kind === DC_REFINE) return decodeDcRefine(component, block);
  return kind === AC_FIRST ? decodeAcFirst(component, block) : decodeAcRefine(component, block);
}

/** Position of the first bit of a byte. */
function firstBitOf(address: u32): u32 {
  return ((address - 7) << 3) + 7;
}

/** Whether less than a byte of padding is left of the segment (T.81 F.1.2.3). To be asked at the end of a scan as well. */
export function isAtSegmentEnd(): bool {
  return position >= segmentEnd && position - segmentEnd < 8;
}

/** Requantizes a row of blocks of a progressive picture, once all scans are read. @returns whether it is well-formed */
export function requantizeBlockRow(index: i32, y: i32): bool {
  const component: usize = COMPONENTS + index * COMPONENT_BYTES;
  const wide = load<i32>(component + BLOCKS_WIDE);
  for (let x = 0; x < wide; x++) if (!requantizeBlock(component, x, y)) return false;
  return !isDownsampled(component) || finishBlockRow(component, y);
}
