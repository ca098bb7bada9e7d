import { readFileSync } from 'node:fs';
import { decode } from 'bmpimagejs';
import type { Codec } from './codec.ts';
import { type Pixels, pixelLoader } from './pixel-loader.ts';

/** Bytes of the file header, behind which the bitmap header begins with its own size. */
const FILE_HEADER = 14;
const CORE_HEADER = 12;
const HEADER_SIZES = [CORE_HEADER, 16, 40, 52, 56, 64, 108, 124];

interface Header {
  width: number;
  height: number;
  alpha: boolean;
}

export const bmp: Codec = {
  // Two letters begin many texts as well.
  recognises: (head) =>
    head.toString('latin1', 0, 2) === 'BM' &&
    head.length >= 26 &&
    HEADER_SIZES.includes(head.readUInt32LE(FILE_HEADER)),
  loader: pixelLoader({
    inspect: (file) => bmpHeader(readFileSync(file)),
    decode: (file) => decodeBmp(readFileSync(file)),
  }),
};

function bmpHeader(file: Buffer): Header {
  const size = file.readUInt32LE(FILE_HEADER);
  if (size === CORE_HEADER) return { width: file.readUInt16LE(18), height: file.readUInt16LE(20), alpha: false };
  // A negative height says that the rows go from top to bottom.
  const [width, height] = [file.readInt32LE(18), Math.abs(file.readInt32LE(22))];
  // Newer headers have a mask for alpha; the fourth byte of older ones says nothing.
  return { width, height, alpha: size >= 56 && file.readUInt32LE(66) !== 0 };
}

function decodeBmp(file: Buffer): Pixels {
  const { alpha } = bmpHeader(file);
  const { width, height, pixels } = decode(new Uint8Array(file).buffer);
  const data = new Uint8Array(pixels.buffer, pixels.byteOffset, width * height * 4);
  if (!alpha) for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { data, width, height };
}
