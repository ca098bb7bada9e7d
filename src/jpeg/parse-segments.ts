import type { EntropyCodedSegments } from './entropy-coded-segments.ts';
import type { Component, Frame, Scan, ScanComponent } from './frame.ts';
import { type DecodingTable, decodingTable } from './huffman-decoding-table.ts';
import type { QuantizationTable } from './quantization-table.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** Most additional bits of a DC difference of 8-bit samples (T.81 table F.1). */
const MAX_DC_BITS = 11;

/** Tables by destination, 0 to 3. */
export interface HuffmanTables {
  dc: DecodingTable[];
  ac: DecodingTable[];
}

/** A component whose quantization table may still follow: it need not stand before the frame header. */
export type FrameComponent = Omit<Component, 'quantization'> & { id: number; quantizationTable: number };

export type FrameHeader = Pick<Frame, 'width' | 'height' | 'mcusWide' | 'mcusHigh'> & { components: FrameComponent[] };

export type ScanHeader = Omit<Scan, keyof EntropyCodedSegments | 'restartInterval'>;

/** DQT (T.81 B.2.4.1). Adds to the tables. */
export function parseQuantizationTables(body: Buffer, tables: QuantizationTable[]): void {
  for (let at = 0; at < body.length; at += 65) {
    const destination = body.readUInt8(at);
    // The upper half is the precision: 1 stands for values of 16 bits, which baseline files cannot have.
    if (destination > 3) throw new UnsupportedJpeg('16-bit quantization');
    const table = body.subarray(at + 1, at + 65);
    if (table.length < 64 || table.includes(0)) throw new UnsupportedJpeg('quantization table');
    tables[destination] = table;
  }
}

/** DHT (T.81 B.2.4.2). Adds to the tables. */
export function parseHuffmanTables(body: Buffer, tables: HuffmanTables): void {
  for (let at = 0; at < body.length; ) {
    const classAndDestination = body.readUInt8(at);
    const isDc = classAndDestination < 16;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    const wrong = total > 256 || symbols.length < total || (isDc && symbols.some((size) => size > MAX_DC_BITS));
    if ((classAndDestination & 0xef) > 3 || counts.length < 16 || wrong) throw new UnsupportedJpeg('Huffman table');
    (isDc ? tables.dc : tables.ac)[classAndDestination & 15] = decodingTable(counts, symbols);
    at += 17 + total;
  }
}

/** SOF0 to SOF2 (T.81 B.2.2). */
export function parseFrameHeader(body: Buffer): FrameHeader {
  const precision = body.readUInt8(0);
  const height = body.readUInt16BE(1);
  const width = body.readUInt16BE(3);
  const count = body.readUInt8(5);
  // A height of 0 is told after the first scan (DNL, B.2.5): too rare to be taken.
  const wrong = precision !== 8 || width === 0 || height === 0 || body.length !== 6 + 3 * count;
  if (wrong || (count !== 1 && count !== 3)) throw new UnsupportedJpeg('frame header');
  const factors = Array.from({ length: count }, (_, index) => body.readUInt8(7 + 3 * index));
  // The sampling factors of a single component relate to nothing (A.2.2).
  const [first = 0, ...others] = count === 1 ? [0x11] : factors;
  const [maxH, maxV] = [first >> 4, first & 15];
  const usual = (maxH === 1 || maxH === 2) && (maxV === 1 || maxV === 2);
  if (!usual || others.some((factor) => factor !== 0x11)) throw new UnsupportedJpeg('sampling');
  const mcusWide = Math.ceil(width / (8 * maxH));
  const mcusHigh = Math.ceil(height / (8 * maxV));
  const components = [first, ...others].map((factor, index): FrameComponent => {
    const [h, v] = [factor >> 4, factor & 15];
    return {
      id: body.readUInt8(6 + 3 * index),
      h,
      v,
      quantizationTable: body.readUInt8(8 + 3 * index),
      blocksWide: mcusWide * h,
      blocksHigh: mcusHigh * v,
      ownBlocksWide: Math.ceil((width * h) / (8 * maxH)),
      ownBlocksHigh: Math.ceil((height * v) / (8 * maxV)),
    };
  });
  return { width, height, mcusWide, mcusHigh, components };
}

/** SOS (T.81 B.2.3). @param tables as they stand at this place of the file */
export function parseScanHeader(body: Buffer, frame: FrameHeader, tables: HuffmanTables): ScanHeader {
  const count = body.readUInt8(0);
  if (count === 0 || body.length !== 4 + 2 * count) throw new UnsupportedJpeg('scan header');
  const components = Array.from({ length: count }, (_, index): ScanComponent => {
    const id = body.readUInt8(1 + 2 * index);
    const selectors = body.readUInt8(2 + 2 * index);
    return {
      component: frame.components.findIndex((component) => component.id === id),
      dc: tables.dc[selectors >> 4],
      ac: tables.ac[selectors & 15],
    };
  });
  // Each component at most once, in the order of the frame.
  const wrong = components.some(({ component }, index) => component <= (components[index - 1]?.component ?? -1));
  if (wrong) throw new UnsupportedJpeg('scan header');
  const [ss, se, approximation] = [
    body.readUInt8(1 + 2 * count),
    body.readUInt8(2 + 2 * count),
    body.readUInt8(3 + 2 * count),
  ];
  return { components, ss, se, ah: approximation >> 4, al: approximation & 15 };
}
