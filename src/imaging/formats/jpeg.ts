import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { notTaken } from '../../domain/failure.ts';
import type { Source, WritingCodec } from './codec.ts';
import { frameOf, hasGainMap, jpegSegments } from './jpeg-segments.ts';
import { vipsLoader } from './vips-loader.ts';

export const jpeg: WritingCodec = {
  recognises: (head) => head.toString('latin1', 0, 3) === '\xff\xd8\xff',
  loader: vipsLoader({
    operation: 'Jpeg',
    matches: ({ format }) => format === 'jpeg',
    canHalve: true,
    traits,
    withEnd,
  }),
  encoder: {
    // Huffman tables made for each image cost a third of the time and save a tenth of the bytes, so `fast` does without.
    encode: (image, { quality, effort }) =>
      image.jpeg(effort === 'fast' ? { quality, optimiseCoding: false } : { quality, mozjpeg: true }).toBuffer(),
    // `fast` never was smaller.
    alternatives: () => [],
  },
  cleanMetadata: cleanJpeg,
};

/** @throws ImageFailure for more bits a sample than browsers and libjpeg take */
function traits(path: string): Pick<Source, 'gainMap' | 'endMissing'> {
  const file = readFileSync(path);
  const frame = frameOf(file);
  if (frame?.precision === 12 || frame?.precision === 16) {
    throw notTaken('unsupported_format', `jpeg_${frame.precision}_bit`);
  }
  return { gainMap: hasGainMap(file), endMissing: !hasEnd(file) };
}

/** Of a picture whose file ends early, browsers show the rows that are there. So many must be. */
const ROWS_THERE = 15 / 16;
/** Rows that are coded together (T.81 A.2.4): missing data spoils all of them. */
const MCU_ROWS = 16;

/**
 * The file with an end, so that libjpeg takes it for whole.
 * @throws where more than the last rows are missing
 */
async function withEnd(path: string): Promise<Buffer> {
  const bytes = Buffer.concat([readFileSync(path), END]);
  const { width, height } = await sharp(bytes).metadata();
  const top = Math.max(0, Math.min(Math.floor(height * ROWS_THERE), height - MCU_ROWS) - 1);
  // At this level libjpeg's warning of missing data is an error, which comes with the first row that lacks some.
  const strict = sharp(bytes, { failOn: 'warning', limitInputPixels: false });
  await strict.extract({ left: 0, top, width, height: 1 }).raw().toBuffer();
  return bytes;
}

/** Segments that change how pixels are shown: JFIF (APP0), ICC profiles (APP2), Adobe's colour transform (APP14). */
function isNeeded(marker: number, body: Buffer): boolean {
  if (marker === 0xe0) return body.toString('latin1', 0, 5) === 'JFIF\0';
  if (marker === 0xe2) return body.toString('latin1', 0, 12) === 'ICC_PROFILE\0';
  if (marker === 0xee) return body.toString('latin1', 0, 5) === 'Adobe';
  const application = marker >= 0xe0 && marker <= 0xef;
  return !application && marker !== 0xfe;
}

const SOI = 0xd8;
const EOI = 0xd9;
const END = Buffer.from([0xff, EOI]);
const SOS = 0xda;

/**
 * Marker segments as in ITU-T T.81 annex B; keeps what is needed up to the end of the image. What stands between segments is
 * passed over, as decoders do, and an end that is missing is added.
 */
function cleanJpeg(file: Buffer): Buffer | undefined {
  const kept: Buffer[] = [];
  let scans = 0;
  for (let at = 0; ; ) {
    const start = file.indexOf(0xff, at);
    if (start === -1) break;
    at = start;
    // Any number of fill bytes may stand before a marker (B.1.1.2).
    while (at < file.length && file[at] === 0xff) at++;
    const marker = file[at++];
    if (marker === undefined || marker === EOI) break;
    if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    const code = Buffer.from([0xff, marker]);
    if (marker === SOI) {
      if (start !== 0) return undefined;
      kept.push(code);
      continue;
    }
    const length = at + 2 <= file.length ? file.readUInt16BE(at) : 0;
    // Where it ends within a segment, the scans before are the picture.
    if (length < 2 || at + length > file.length) break;
    const segment = file.subarray(at, at + length);
    at += length;
    if (!isNeeded(marker, segment.subarray(2))) continue;
    kept.push(code, segment);
    if (marker !== SOS) continue;
    const end = endOfScan(file, at);
    kept.push(file.subarray(at, end));
    at = end;
    scans++;
  }
  return scans > 0 ? Buffer.concat([...kept, END]) : undefined;
}

/** Whether the end of the image stands somewhere behind its first scan. */
function hasEnd(file: Buffer): boolean {
  let at = 0;
  for (const { marker, end } of jpegSegments(file)) if (marker === SOS) at = end;
  if (at === 0) return true;
  return file.indexOf(END, at) !== -1;
}

/** Coded data ends at a marker that is neither a stuffed zero nor a restart (B.1.1.5). */
function endOfScan(file: Buffer, start: number): number {
  for (let at = file.indexOf(0xff, start); at !== -1 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const next = file.readUInt8(at + 1);
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return file.length;
}
