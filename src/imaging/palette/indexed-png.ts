import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

import { OPAQUE } from './colour.ts';

const compress = promisify(deflate);

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Bits an entry, colour type 3 (palette), and the only compression, filtering and interlacing there is need for. */
const HEADER = [8, 3, 0, 0, 0];

/** A PNG with a palette (PNG, third edition). @param rows each behind its filter byte */
export async function writeIndexedPng(
  width: number,
  height: number,
  palette: number[],
  rows: Uint8Array,
  level: number,
): Promise<Buffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(HEADER, 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour & 255, (colour >>> 8) & 255, (colour >>> 16) & 255]));
  const opaque = palette.findLastIndex((colour) => colour >>> 24 < OPAQUE) + 1;
  const alphas = Buffer.from(palette.slice(0, opaque).map((colour) => colour >>> 24));
  const data = await compress(rows, { level, memLevel: 9 });
  return Buffer.concat([
    SIGNATURE,
    ...chunk('IHDR', header),
    ...chunk('PLTE', colours),
    ...(alphas.length > 0 ? chunk('tRNS', alphas) : []),
    ...chunk('IDAT', data),
    ...chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0);
  return [head, data, checksum];
}
