import type { Codec } from './codec.ts';
import { type CodedData, copyCodedData } from './coded-data.ts';
import { type DecodingTable, decodingTable } from './decoding-table.ts';
import { NotTaken } from './not-taken.ts';
import { orientationOf } from './orientation.ts';
import type { Steps } from './quantisation.ts';
import { isSrgb } from './srgb-profile.ts';

export interface Component {
  /** Samples against the other components, across and down. */
  h: number;
  v: number;
  steps: Steps;
  /** Blocks in whole MCUs, as scans of several components hold them. */
  wide: number;
  high: number;
  /** Blocks that show something, as scans of this component alone hold them (T.81 A.2.2). */
  shownWide: number;
  shownHigh: number;
}

/** Its quantisation table may come behind the frame header. */
type Unquantised = Omit<Component, 'steps'> & { table: number };

export interface ScanPart {
  component: number;
  dc: DecodingTable | undefined;
  ac: DecodingTable | undefined;
}

export interface Scan extends CodedData {
  parts: ScanPart[];
  /** Band of coefficients, and bit positions of a progressive scan (T.81 G.1.1.1). */
  from: number;
  to: number;
  high: number;
  low: number;
  /** MCUs between two restarts; 0 for none. */
  restartInterval: number;
}

export interface Frame {
  progressive: boolean;
  /** As stored, before it is turned. */
  width: number;
  height: number;
  /** EXIF, 1 to 8; 1 is upright. */
  orientation: number;
  /** MCUs across and down. */
  mcusWide: number;
  mcusHigh: number;
  components: Component[];
  scans: Scan[];
}

/** Until the end of the file. */
type OpenFrame = Omit<Frame, 'components' | 'orientation'> & { components: Unquantised[] };

/** Programs write about ten; each one more is work for a file that is made to cost some. */
const MOST_SCANS = 24;

/** Most bits of a DC difference. */
const DC_BITS = 11;

/**
 * All of a file up to its end of image (T.81 annex B).
 * @param copy address of the file in the codec, which takes the coded data of all scans
 * @throws NotTaken for what is not a plain baseline, sequential or progressive picture, grey or YCbCr in sRGB
 * @throws RangeError where a length leads out of the file
 */
export function readMarkers(file: Buffer, codec: Codec, copy: number): Frame {
  const steps: Steps[] = [];
  const stepsOf = ({ table }: Unquantised): Steps => {
    const found = steps[table];
    if (!found) throw new NotTaken('steps');
    return found;
  };
  const tables: { dc: DecodingTable[]; ac: DecodingTable[] } = { dc: [], ac: [] };
  let frame: OpenFrame | undefined;
  let ids: number[] = [];
  let restartInterval = 0;
  let jfif = false;
  let adobe: number | undefined;
  let profile = false;
  let orientation: number | undefined;
  if (file.readUInt16BE(0) !== 0xffd8) throw new NotTaken('start');
  for (let at = 2; ; ) {
    if (file.readUInt8(at) !== 0xff) throw new NotTaken('no marker');
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    while (file.readUInt8(at) === 0xff) at++;
    const marker = file.readUInt8(at++);
    if (marker === 0xd9) {
      if (!frame || frame.scans.length === 0) throw new NotTaken('no picture');
      if (ids.length === 1 ? profile : !isYcc(ids, jfif, adobe)) throw new NotTaken('colours');
      return {
        ...frame,
        orientation: orientation ?? 1,
        components: frame.components.map((component) => ({ ...component, steps: stepsOf(component) })),
      };
    }
    const end = at + file.readUInt16BE(at);
    if (end < at + 2 || end > file.length) throw new NotTaken('length');
    const body = file.subarray(at + 2, end);
    at = end;
    if (marker === 0xdb && !frame?.scans.length) readSteps(body, steps);
    else if (marker === 0xc4) readTables(body, tables);
    else if (marker === 0xdd && body.length === 2) restartInterval = body.readUInt16BE(0);
    else if (marker >= 0xc0 && marker <= 0xc2 && !frame) {
      frame = { ...readFrame(body), progressive: marker === 0xc2, scans: [] };
      ids = Array.from(frame.components, (_, index) => body.readUInt8(6 + 3 * index));
    } else if (marker === 0xda && frame && frame.scans.length < MOST_SCANS) {
      const scan = readScan(body, ids, tables);
      const data = copyCodedData(file, at, codec, copy);
      frame.scans.push({ ...scan, ...data, restartInterval });
      at = data.end;
    } else if (marker === 0xe0) jfif ||= body.toString('latin1', 0, 5) === 'JFIF\0';
    else if (marker === 0xee && body.toString('latin1', 0, 5) === 'Adobe') adobe = body.readUInt8(11);
    else if (marker === 0xe2 && body.toString('latin1', 0, 12) === 'ICC_PROFILE\0') {
      // Part 1 of 1: what is longer is not sRGB.
      if (body.readUInt16BE(12) !== 0x0101 || !isSrgb(body.subarray(14))) throw new NotTaken('profile');
      profile = true;
    } else if (marker === 0xe1 && body.toString('latin1', 0, 6) === 'Exif\0\0') {
      // Which of two counts, or whether one behind the picture does, programs do not agree on.
      if (orientation !== undefined || frame?.scans.length) throw new NotTaken('EXIF');
      orientation = orientationOf(body);
      if (orientation < 1 || orientation > 8) throw new NotTaken('orientation');
    } else if (!(marker >= 0xe0 && marker <= 0xef) && marker !== 0xfe) throw new NotTaken('marker');
  }
}

/** The standard does not say which colours three components are: JFIF and Adobe do, or their numbers by habit. */
function isYcc(ids: number[], jfif: boolean, adobe: number | undefined): boolean {
  if (adobe !== undefined) return adobe === 1;
  return jfif || ids.join() === '1,2,3';
}

/** Quantisation tables (B.2.4.1). */
function readSteps(body: Buffer, steps: Steps[]): void {
  for (let at = 0; at < body.length; at += 65) {
    const id = body.readUInt8(at);
    // A high half of 1 means two bytes a step.
    if (id > 3) throw new NotTaken('wide steps');
    const table = body.subarray(at + 1, at + 65);
    if (table.length < 64 || table.includes(0)) throw new NotTaken('steps');
    steps[id] = table;
  }
}

/** Huffman tables (B.2.4.2). */
function readTables(body: Buffer, tables: { dc: DecodingTable[]; ac: DecodingTable[] }): void {
  for (let at = 0; at < body.length; ) {
    const id = body.readUInt8(at);
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    // Symbols of DC coefficients are sizes (table F.1).
    const wrong = total > 256 || symbols.length < total || (id < 16 && symbols.some((size) => size > DC_BITS));
    if ((id & 0xef) > 3 || counts.length < 16 || wrong) throw new NotTaken('Huffman table');
    (id < 16 ? tables.dc : tables.ac)[id & 15] = decodingTable(counts, symbols);
    at += 17 + total;
  }
}

/** Frame header (B.2.2). */
function readFrame(body: Buffer): Omit<OpenFrame, 'progressive' | 'scans'> {
  const height = body.readUInt16BE(1);
  const width = body.readUInt16BE(3);
  const count = body.readUInt8(5);
  const wrong = body.readUInt8(0) !== 8 || width === 0 || height === 0 || body.length !== 6 + 3 * count;
  if (wrong || (count !== 1 && count !== 3)) throw new NotTaken('frame');
  const factors = Array.from({ length: count }, (_, index) => body.readUInt8(7 + 3 * index));
  // Alone, a component is not sampled against anything.
  const [first = 0, ...others] = count === 1 ? [0x11] : factors;
  const [across, down] = [first >> 4, first & 15];
  const usual = (across === 1 || across === 2) && (down === 1 || down === 2);
  if (!usual || others.some((factor) => factor !== 0x11)) throw new NotTaken('sampling');
  const mcusWide = Math.ceil(width / (8 * across));
  const mcusHigh = Math.ceil(height / (8 * down));
  const components = [first, ...others].map((factor, index): Unquantised => {
    const [h, v] = [factor >> 4, factor & 15];
    return {
      h,
      v,
      table: body.readUInt8(8 + 3 * index),
      wide: mcusWide * h,
      high: mcusHigh * v,
      shownWide: Math.ceil((width * h) / (8 * across)),
      shownHigh: Math.ceil((height * v) / (8 * down)),
    };
  });
  return { width, height, mcusWide, mcusHigh, components };
}

/** Scan header (B.2.3). */
function readScan(
  body: Buffer,
  ids: number[],
  tables: { dc: DecodingTable[]; ac: DecodingTable[] },
): Omit<Scan, keyof CodedData | 'restartInterval'> {
  const count = body.readUInt8(0);
  if (count === 0 || body.length !== 4 + 2 * count) throw new NotTaken('scan');
  const parts = Array.from({ length: count }, (_, index): ScanPart => {
    const component = ids.indexOf(body.readUInt8(1 + 2 * index));
    const selected = body.readUInt8(2 + 2 * index);
    return { component, dc: tables.dc[selected >> 4], ac: tables.ac[selected & 15] };
  });
  // Each component at most once, in the order of the frame.
  const wrong = parts.some(({ component }, index) => component <= (parts[index - 1]?.component ?? -1));
  if (wrong) throw new NotTaken('scan');
  const [from, to, bits] = [
    body.readUInt8(1 + 2 * count),
    body.readUInt8(2 + 2 * count),
    body.readUInt8(3 + 2 * count),
  ];
  return { parts, from, to, high: bits >> 4, low: bits & 15 };
}
