import type { Codec } from './codec.ts';
import { copySegments } from './entropy-coded-segments.ts';
import { exifOrientation } from './exif-orientation.ts';
import type { Frame, Scan } from './frame.ts';
import {
  type FrameComponent,
  type FrameHeader,
  type HuffmanTables,
  parseFrameHeader,
  parseHuffmanTables,
  parseQuantizationTables,
  parseScanHeader,
} from './parse-segments.ts';
import type { QuantizationTable } from './quantization-table.ts';
import { UnsupportedJpeg } from './unsupported-jpeg.ts';

/** Markers (T.81 table B.1). */
const SOI = 0xffd8;
const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** Encoders write about ten. Each one more is work for Pixmill and almost none for whoever sends a file made to cost it. */
const MAX_SCANS = 24;

/**
 * Parses a file up to its end of image (T.81 annex B).
 * @param codec receives the entropy-coded segments of all scans
 * @param copy address of the file in the codec
 * @param isSrgb whether an ICC profile may be dropped, because it says what holds without one
 * @throws UnsupportedJpeg for anything but baseline, extended sequential and progressive Huffman-coded pictures of 8 bits,
 * grey or YCbCr, in sRGB
 * @throws RangeError where a length points outside of the file
 */
export function parseMarkers(file: Buffer, codec: Codec, copy: number, isSrgb: (profile: Buffer) => boolean): Frame {
  const quantization: QuantizationTable[] = [];
  const huffman: HuffmanTables = { dc: [], ac: [] };
  const scans: Scan[] = [];
  let frame: FrameHeader | undefined;
  let progressive = false;
  let restartInterval = 0;
  let jfif = false;
  let adobeTransform: number | undefined;
  let profile = false;
  let orientation: number | undefined;
  if (file.readUInt16BE(0) !== SOI) throw new UnsupportedJpeg('no start of image');
  for (let at = 2; ; ) {
    if (file.readUInt8(at) !== 0xff) throw new UnsupportedJpeg('no marker');
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    while (file.readUInt8(at) === 0xff) at++;
    const marker = file.readUInt8(at++);
    if (marker === EOI) {
      if (!frame || scans.length === 0) throw new UnsupportedJpeg('no picture');
      const grey = frame.components.length === 1;
      // The profile has been found to be one for RGB, which does not go with grey.
      if (grey ? profile : !isYcc(frame.components, jfif, adobeTransform)) throw new UnsupportedJpeg('colours');
      const components = frame.components.map((component) => {
        const table = quantization[component.quantizationTable];
        if (!table) throw new UnsupportedJpeg('quantization table');
        return { ...component, quantization: table };
      });
      return { ...frame, components, progressive, scans, orientation: orientation ?? 1 };
    }
    const end = at + file.readUInt16BE(at);
    if (end < at + 2 || end > file.length) throw new UnsupportedJpeg('length');
    const body = file.subarray(at + 2, end);
    at = end;
    if (marker === DQT && scans.length === 0) parseQuantizationTables(body, quantization);
    else if (marker === DHT) parseHuffmanTables(body, huffman);
    else if (marker === DRI && body.length === 2) restartInterval = body.readUInt16BE(0);
    else if (marker >= SOF0 && marker <= SOF2 && !frame) {
      frame = parseFrameHeader(body);
      progressive = marker === SOF2;
    } else if (marker === SOS && frame && scans.length < MAX_SCANS) {
      const header = parseScanHeader(body, frame, huffman);
      const data = copySegments(file, at, codec, copy);
      scans.push({ ...header, ...data, restartInterval });
      at = data.end;
    } else if (marker === APP0) jfif ||= identifier(body, 5) === 'JFIF\0';
    else if (marker === APP14 && identifier(body, 5) === 'Adobe') adobeTransform = body.readUInt8(11);
    else if (marker === APP2 && identifier(body, 12) === 'ICC_PROFILE\0') {
      // Chunk 1 of 1 (ICC.1:2022 B.4): a profile that needs more than the 64 kB of a segment is not plain sRGB.
      if (body.readUInt16BE(12) !== 0x0101 || !isSrgb(body.subarray(14))) throw new UnsupportedJpeg('profile');
      profile = true;
    } else if (marker === APP1 && identifier(body, 6) === 'Exif\0\0') {
      // Programs do not agree on which of two Exif segments counts, nor on whether one after the first scan does.
      if (orientation !== undefined || scans.length > 0) throw new UnsupportedJpeg('Exif');
      orientation = exifOrientation(body);
      if (orientation < 1 || orientation > 8) throw new UnsupportedJpeg('orientation');
    } else if (!(marker >= APP0 && marker <= APP15) && marker !== COM) throw new UnsupportedJpeg('marker');
  }
}

function identifier(body: Buffer, length: number): string {
  return body.toString('latin1', 0, length);
}

/** T.81 does not say which colours components are. JFIF and the Adobe segment do; without them, 1, 2, 3 are YCbCr by habit. */
function isYcc(components: FrameComponent[], jfif: boolean, adobeTransform: number | undefined): boolean {
  if (adobeTransform !== undefined) return adobeTransform === 1;
  return jfif || components.map(({ id }) => id).join() === '1,2,3';
}
