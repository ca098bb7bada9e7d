import type { EntropyCodedSegments } from './entropy-coded-segments.ts';
import type { DecodingTable } from './huffman-decoding-table.ts';
import type { QuantizationTable } from './quantization-table.ts';

/** What all markers of a file say. */
export interface Frame {
  progressive: boolean;
  /** In pixels as stored, before orientation. */
  width: number;
  height: number;
  /** Exif orientation, 1 to 8; 1 is upright. */
  orientation: number;
  mcusWide: number;
  mcusHigh: number;
  /** One for grey, or Y, Cb and Cr. */
  components: Component[];
  scans: Scan[];
}

export interface Component {
  /** Sampling factors, horizontal and vertical (T.81 A.1.1): 1 or 2. */
  h: number;
  v: number;
  quantization: QuantizationTable;
  /** Blocks in whole MCUs, as interleaved scans hold them. */
  blocksWide: number;
  blocksHigh: number;
  /** Blocks that hold samples of the picture, as scans of this component alone hold them (T.81 A.2.2). */
  ownBlocksWide: number;
  ownBlocksHigh: number;
}

export interface Scan extends EntropyCodedSegments {
  components: ScanComponent[];
  /** Spectral selection, and successive approximation bit positions (T.81 B.2.3). */
  ss: number;
  se: number;
  ah: number;
  al: number;
  /** In MCUs; 0 for none. */
  restartInterval: number;
}

export interface ScanComponent {
  /** Index in the frame. */
  component: number;
  /** Huffman tables as they stand when the scan begins; some kinds of scan need only one of them. */
  dc: DecodingTable | undefined;
  ac: DecodingTable | undefined;
}
