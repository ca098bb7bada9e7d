/** A marker segment of a JPEG up to the data of its first scan (ITU-T T.81 annex B). */
export interface JpegSegment {
  marker: number;
  body: Buffer;
  /** Where it ends in the file. */
  end: number;
}

const SOI = 0xd8;
const SOS = 0xda;
const EOI = 0xd9;

/** The segments in front of the first scan, that of the scan included; ends early where there is no such thing. */
export function* jpegSegments(file: Buffer): Generator<JpegSegment, void, undefined> {
  for (let at = 0; at + 4 <= file.length && file[at] === 0xff; ) {
    const marker = file.readUInt8(at + 1);
    // A fill byte (B.1.1.2), and the start, which has no length.
    if (marker === 0xff || marker === SOI) {
      at += marker === SOI ? 2 : 1;
      continue;
    }
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (marker === EOI || end < at + 4) return;
    yield { marker, body: file.subarray(at + 4, end), end };
    if (marker === SOS) return;
    at = end;
  }
}

/** What the frame header says (B.2.2). */
interface Frame {
  /** The marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, 0xc3 lossless. */
  process: number;
  /** Bits a sample. */
  precision: number;
  height: number;
  components: number;
}

/** Start-of-frame markers; 0xc4, 0xc8 and 0xcc among them are something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

export function frameOf(file: Buffer): Frame | undefined {
  for (const { marker, body } of jpegSegments(file)) {
    if (!isFrame(marker) || body.length < 6) continue;
    return {
      process: marker,
      precision: body.readUInt8(0),
      height: body.readUInt16BE(1),
      components: body.readUInt8(5),
    };
  }
  return undefined;
}

/** Names under which the XMP of the first picture announces a gain map: Adobe's, which Google uses, and Apple's. */
const GAIN_MAP_IN_XMP = ['http://ns.adobe.com/hdr-gain-map/', 'http://ns.apple.com/HDRGainMap/'];
/** The segment that announces one by ISO 21496-1. */
const ISO_GAIN_MAP = 'urn:iso:std:iso:ts:21496:-1';

/** Whether a brighter picture for HDR screens can be made with what lies behind the first picture. */
export function hasGainMap(file: Buffer): boolean {
  for (const { marker, body } of jpegSegments(file)) {
    if (marker === 0xe1 && GAIN_MAP_IN_XMP.some((name) => body.includes(name))) return true;
    if (marker === 0xe2 && body.toString('latin1', 0, ISO_GAIN_MAP.length) === ISO_GAIN_MAP) return true;
  }
  return false;
}
