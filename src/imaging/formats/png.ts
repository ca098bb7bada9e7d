import { readFileSync } from 'node:fs';
import type { Sharp } from 'sharp';
import { EFFORTS, type Effort } from '../../domain/options.ts';
import type { SampleCorrection } from '../colour/convert-samples.ts';
import { encodeWithPalette } from '../palette/encode-with-palette.ts';
import { readPixels } from '../palette/read-pixels.ts';
import { apngFrameCount, openApng } from './apng.ts';
import type { Encode, Encoder, EncodeTarget, WritingCodec } from './codec.ts';
import { pngCoding } from './png-coding.ts';
import { vipsLoader } from './vips-loader.ts';

/** Above this many pixels, filters and a second palette would pass the time limit of one image while all cores are busy. */
const SLOW_PIXELS = 12_000_000;

/** Only 100 is lossless; everything below has a palette, unless that would show. */
const encode: Encode = (image, target) => (target.quality === 100 ? encodeLossless : encodePalette)(image, target);

/** Filters spoil what repeats itself: flat colours, dithering, few colours. */
const encodeUnfiltered: Encode = (image) => image.png({ compressionLevel: 9 }).toBuffer();

const alternatives: Encoder['alternatives'] = ({ quality, pixels }, isFlat) => {
  const withoutLoss: Encode = (image, target) => encode(image, { ...target, quality: 100 });
  // Above the limit `encode` writes without filters anyway.
  const others = pixels <= SLOW_PIXELS ? [encodeUnfiltered] : [];
  if (quality === 100) return others;
  return isFlat ? [withoutLoss, ...others] : [];
};

const still = vipsLoader({
  operation: 'Png',
  matches: ({ format }) => format === 'png',
  correction,
  traits(path) {
    const file = readFileSync(path);
    return { frames: apngFrameCount(file), endMissing: !file.includes('IEND') };
  },
});

export const png: WritingCodec = {
  recognises: (head) => head.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n',
  loader: { ...still, open: (file, how) => (how.animated ? openApng(file) : still.open(file, how)) },
  encoder: { encode, alternatives },
  cleanMetadata: cleanPng,
};

function correction(file: string): SampleCorrection | undefined {
  const coding = pngCoding(file);
  return coding && { coding };
}

function encodeLossless(image: Sharp, { effort, pixels }: EncodeTarget): Promise<Buffer> {
  const small = effort === 'small';
  return image.png({ compressionLevel: small ? 9 : 6, adaptiveFiltering: small && pixels <= SLOW_PIXELS }).toBuffer();
}

async function encodePalette(image: Sharp, { quality, effort, pixels }: EncodeTarget): Promise<Buffer> {
  const thorough = effort === 'small' && pixels <= SLOW_PIXELS;
  return (
    (await smallestPalette(image.clone(), quality, thorough ? EFFORTS : ['fast'])) ??
    // Too many flat colours are a gradient, for which filters are made.
    image.png({ compressionLevel: thorough ? 9 : 6, adaptiveFiltering: pixels <= SLOW_PIXELS }).toBuffer()
  );
}

/** With more effort colours fit better, which sometimes makes more bytes. @returns undefined where no palette will do */
async function smallestPalette(image: Sharp, quality: number, efforts: readonly Effort[]): Promise<Buffer | undefined> {
  const pixels = await readPixels(image);
  let smallest: Buffer | undefined;
  for (const effort of efforts) {
    const bytes = await encodeWithPalette(pixels, quality, effort);
    if (bytes && (!smallest || bytes.length < smallest.length)) smallest = bytes;
  }
  return smallest;
}

/** Chunks that change how pixels are shown (PNG, third edition, section 11), animation included. */
const NEEDED = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP mDCV cLLI pHYs bKGD hIST acTL fcTL fdAT'.split(' '),
);

const SIGNATURE = 8;
/** Length, type and checksum around a chunk's data. */
const FRAME = 12;

function cleanPng(file: Buffer): Buffer | undefined {
  const kept: Buffer[] = [file.subarray(0, SIGNATURE)];
  for (let at = SIGNATURE; at + FRAME <= file.length; ) {
    const size = file.readUInt32BE(at) + FRAME;
    const type = file.toString('latin1', at + 4, at + 8);
    if (at + size > file.length) return undefined;
    if (NEEDED.has(type)) kept.push(file.subarray(at, at + size));
    // An upper-case first letter: nobody can show the picture without it, and we do not know it.
    else if (/^[A-Z]/.test(type)) return undefined;
    if (type === 'IEND') return Buffer.concat(kept);
    at += size;
  }
  // All rows may be there without an end; the decoder has judged that.
  return kept.length > 2 ? Buffer.concat([...kept, END]) : undefined;
}

const END = Buffer.from('0000000049454e44ae426082', 'hex');
