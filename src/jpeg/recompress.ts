import { CODES, USES } from './codec/layout.ts';
import { Codec, isTrap } from './codec.ts';
import { encodingTable } from './encoding-table.ts';
import { codesOf, writeHeader } from './header.ts';
import { type Lane, openLanes, setTables } from './lane.ts';
import { NotTaken } from './not-taken.ts';
import { Progress } from './progress.ts';
import type { Steps } from './quantisation.ts';
import { type Frame, readMarkers, type Scan } from './read-markers.ts';
import { checkTurn, turnLanes, turnOf, turnSteps } from './turn.ts';

/** Reading the blocks of an MCU may lead this far past the end of their data before it is noticed. */
const MARGIN = 1_024;
/** Most tokens of a block, and bytes of a token. */
const BLOCK_BYTES = 66 * 4;
/** Coefficients of a progressive picture are needed until its last scan: 32 MB, 10 megapixels of usual sampling. */
const MOST_BLOCKS_KEPT = 250_000;

export interface Recompressed {
  bytes: Buffer;
  /** As shown: it is upright. */
  width: number;
  height: number;
  /** EXIF of the original, 1 to 8. */
  orientation: number;
}

/**
 * The same picture as a JPEG of another quality, without going through pixels: coefficients are read, divided by other
 * steps, and written again, colour at half the size. Metadata is left behind.
 * @param quality 1 to 100, as sharp understands it
 * @param mostPixels of a picture that is taken
 * @returns undefined for whatever is not a well-formed picture of the usual kinds, and where the quality is not below the
 * one that it has: the way through pixels judges that
 */
export function recompressJpeg(file: Buffer, quality: number, mostPixels: number): Recompressed | undefined {
  try {
    const codec = new Codec();
    const data = codec.reserve(MARGIN + file.length);
    codec.run.setUnstuffed(data + MARGIN + file.length - 1);
    const copy = codec.reserve(file.length + MARGIN);
    codec.bytes(copy, file.length).set(file);
    const frame = readMarkers(file, codec, copy);
    codec.release(copy);
    const { width, height, orientation, components } = frame;
    if (width * height > mostPixels) throw new NotTaken('size');
    const turn = turnOf(orientation);
    checkTurn(turn, width, height, components.length === 1 ? 8 : 16);
    const blocks = components.reduce((sum, { wide, high }) => sum + wide * high, 0);
    if (frame.progressive && blocks > MOST_BLOCKS_KEPT) throw new NotTaken('size');
    const lanes = openLanes(codec, frame, quality, turn);
    const empty = readScans(codec, frame, lanes);
    const start = orientation === 1 ? empty + 4 : turnLanes(codec, lanes, turn, empty + 4);
    const shown = turn.swapped ? { width: height, height: width } : { width, height };
    const steps = lanes.map((lane) => turnSteps(lane.steps, turn));
    return { bytes: write(codec, shown, steps, start, empty), ...shown, orientation };
  } catch (error) {
    // RangeError: a length that points outside of the file. A trap: something that the codec did not expect of one.
    if (error instanceof NotTaken || error instanceof RangeError || isTrap(error)) return undefined;
    throw error;
  }
}

/** Makes tokens of all blocks. @returns address of that of an empty block, before all others */
function readScans(codec: Codec, frame: Frame, lanes: Lane[]): number {
  const stretches = frame.scans.map((scan) => {
    const address = codec.reserve(scan.stretches.length * 4);
    codec.words(address, scan.stretches.length).set(scan.stretches);
    return address;
  });
  // For where MCUs reach past the picture: a block of brightness that ends at once.
  const empty = codec.reserve(16);
  codec.words(empty, 1)[0] = 0x100;
  codec.run.setTokens(empty + 4);
  const progress = frame.progressive ? new Progress(lanes.length) : undefined;
  if (!progress && frame.scans.length !== 1) throw new NotTaken('scans');
  for (const [index, scan] of frame.scans.entries()) {
    progress?.add(scan);
    readScan(codec, frame, lanes, scan, stretches[index] ?? 0);
  }
  if (progress) {
    progress.finish();
    pour(codec, frame);
  }
  return empty;
}

/** Coefficients of a progressive picture are complete: on with them, as those of others go at once. */
function pour(codec: Codec, { components }: Frame): void {
  for (const [part, { wide, high }] of components.entries()) {
    for (let y = 0; y < high; y++) {
      codec.makeRoom(codec.run.tokens.value + wide * BLOCK_BYTES);
      check(codec.run.pourRow(part, y));
    }
  }
}

/** Kinds of scan, as in `codec/walk.ts`. */
function kindOf({ from, high }: Scan, progressive: boolean): number {
  if (!progressive) return 0;
  return (from === 0 ? 1 : 3) + (high === 0 ? 0 : 1);
}

function readScan(codec: Codec, frame: Frame, lanes: Lane[], scan: Scan, stretches: number): void {
  const { components, mcusWide, mcusHigh, progressive } = frame;
  const { parts, restartInterval, from, to, low } = scan;
  if (!progressive && (parts.length !== components.length || from !== 0 || to !== 63 || scan.high + low !== 0)) {
    throw new NotTaken('scan');
  }
  const kind = kindOf(scan, progressive);
  for (const part of parts) {
    if ((kind <= 1 && !part.dc) || ((kind === 0 || kind > 2) && !part.ac)) throw new NotTaken('table');
    setTables(codec, lanes[part.component] as Lane, part, progressive);
  }
  const alone = parts.length === 1 ? components[parts[0]?.component ?? 0] : undefined;
  const wide = alone?.shownWide ?? mcusWide;
  const high = alone?.shownHigh ?? mcusHigh;
  const interval = restartInterval || wide * high;
  if (scan.stretches.length - 1 !== Math.ceil((wide * high) / interval)) throw new NotTaken('restarts');
  const mask = parts.reduce((bits, { component }) => bits | (1 << component), 0);
  codec.run.beginScan(kind, mask, wide, interval, stretches, from, to, low);
  const rowBytes = components.reduce((sum, component) => sum + component.wide * component.v, 0) * BLOCK_BYTES;
  for (let row = 0; row < high; row++) {
    if (!progressive) codec.makeRoom(codec.run.tokens.value + rowBytes);
    check(codec.run.readRow(row));
  }
  check(codec.run.isAtEnd());
}

function check(wellFormed: number): void {
  if (!wellFormed) throw new NotTaken('data');
}

/** @param start address of the first token */
function write(
  codec: Codec,
  { width, height }: { width: number; height: number },
  steps: Steps[],
  start: number,
  empty: number,
): Buffer {
  const side = steps.length === 1 ? 1 : 2;
  const mcusWide = Math.ceil(width / (8 * side));
  const mcusHigh = Math.ceil(height / (8 * side));
  const end = codec.run.tokens.value;
  codec.run.countUses(start, end, side, mcusWide, mcusHigh);
  const uses = new Uint32Array(codec.run.memory.buffer, USES, 1_024).slice();
  // Stands for nothing, behind a block whose last coefficient is not 0.
  for (let symbol = 0x10; symbol < uses.length; symbol += 256) uses[symbol] = 0;
  const tables = [0, 1, 2, 3]
    .slice(0, side * 2)
    .map((table) => encodingTable(uses.subarray(table << 8, (table + 1) << 8)));
  const codes = codesOf(tables);
  codec.words(CODES, codes.length).set(codes);
  const bits = uses.reduce((sum, times, symbol) => sum + times * ((codes[symbol] ?? 0) & 31), 0);
  const size = Math.ceil(bits / 8) + 32;
  // At worst every byte is stuffed.
  codec.makeRoom(end + 3 * size);
  const stop = codec.run.write(end, size, empty, side, mcusWide, mcusHigh);
  const header = writeHeader(width, height, steps, tables);
  return Buffer.concat([header, codec.bytes(end + size, stop - end - size), Buffer.from([0xff, 0xd9])]);
}
