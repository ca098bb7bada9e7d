import type { Codec } from './codec.ts';
import { type ComponentState, setHuffmanTables } from './component-state.ts';
import type { Frame, Scan } from './frame.ts';
import { ScanProgression } from './scan-progression.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** No block has more packed symbols than this: 63 coefficients and the end, or fewer coefficients and up to three ZRL. */
const BLOCK_BYTES = 66 * 4;

/** EOB of luma, as a packed symbol. */
const LUMA_EOB = 0x100;

/**
 * Decodes and requantizes all scans. Afterwards the codec holds the packed symbols of all blocks, one after the other.
 * @returns address of the symbols of a block without AC coefficients; those of all others start 4 bytes later
 * @throws UnsupportedJpeg where entropy-coded data is damaged, or the scans are not those of their kind of frame
 */
export function decodeScans(codec: Codec, frame: Frame, states: ComponentState[]): number {
  const segments = frame.scans.map((scan) => {
    const address = codec.reserve(scan.segments.length * 4);
    codec.words(address, scan.segments.length).set(scan.segments);
    return address;
  });
  // It stands for the blocks of luma where MCUs reach past the picture.
  const emptyBlock = codec.reserve(16);
  codec.words(emptyBlock, 1)[0] = LUMA_EOB;
  codec.run.setNextSymbol(emptyBlock + 4);
  const progression = frame.progressive ? new ScanProgression(states.length) : undefined;
  if (!progression && frame.scans.length !== 1) throw new UnsupportedJpeg('scans');
  for (const [index, scan] of frame.scans.entries()) {
    progression?.add(scan);
    decodeScan(codec, frame, states, scan, segments[index] ?? 0);
  }
  if (progression) {
    progression.finish();
    requantizeBlocks(codec, frame);
  }
  return emptyBlock;
}

/** @param segments where the addresses of the scan's entropy-coded segments stand */
function decodeScan(codec: Codec, frame: Frame, states: ComponentState[], scan: Scan, segments: number): void {
  const { components, progressive } = frame;
  const { ss, se, ah, al } = scan;
  if (!progressive && (scan.components.length !== components.length || ss !== 0 || se !== 63 || ah + al !== 0)) {
    throw new UnsupportedJpeg('scan header');
  }
  const kind = kindOf(scan, progressive);
  for (const selected of scan.components) {
    const needsDc = kind === 'sequential' || kind === 'dcFirst';
    const needsAc = kind === 'sequential' || kind === 'acFirst' || kind === 'acRefine';
    if ((needsDc && !selected.dc) || (needsAc && !selected.ac)) throw new UnsupportedJpeg('Huffman table');
    setHuffmanTables(codec, states[selected.component] as ComponentState, selected, progressive);
  }
  // A scan of one component is not interleaved: its MCUs are single blocks, and only those of the picture (T.81 A.2.2).
  const single = scan.components.length === 1 ? components[scan.components[0]?.component ?? 0] : undefined;
  const wide = single?.ownBlocksWide ?? frame.mcusWide;
  const high = single?.ownBlocksHigh ?? frame.mcusHigh;
  const interval = scan.restartInterval || wide * high;
  if (scan.segments.length - 1 !== Math.ceil((wide * high) / interval)) throw new UnsupportedJpeg('restart markers');
  const mask = scan.components.reduce((bits, { component }) => bits | (1 << component), 0);
  codec.run.beginScan(KINDS.indexOf(kind), mask, wide, interval, segments, ss, se, al);
  const rowBytes = components.reduce((sum, { blocksWide, v }) => sum + blocksWide * v, 0) * BLOCK_BYTES;
  for (let row = 0; row < high; row++) {
    if (!progressive) codec.makeRoom(codec.run.nextSymbol.value + rowBytes);
    assertWellFormed(codec.run.decodeMcuRow(row));
  }
  assertWellFormed(codec.run.isAtSegmentEnd());
}

/** In the order of the numbers in `codec/decode-scan.ts`. */
const KINDS = ['sequential', 'dcFirst', 'dcRefine', 'acFirst', 'acRefine'] as const;

function kindOf({ ss, ah }: Scan, progressive: boolean): (typeof KINDS)[number] {
  if (!progressive) return 'sequential';
  if (ss === 0) return ah === 0 ? 'dcFirst' : 'dcRefine';
  return ah === 0 ? 'acFirst' : 'acRefine';
}

/** Requantizes a progressive picture, whose coefficients are complete only after its last scan. */
function requantizeBlocks(codec: Codec, { components }: Frame): void {
  for (const [index, { blocksWide, blocksHigh }] of components.entries()) {
    for (let y = 0; y < blocksHigh; y++) {
      codec.makeRoom(codec.run.nextSymbol.value + blocksWide * BLOCK_BYTES);
      assertWellFormed(codec.run.requantizeBlockRow(index, y));
    }
  }
}

function assertWellFormed(wellFormed: number): void {
  if (!wellFormed) throw new UnsupportedJpeg('entropy-coded data');
}
