import { deflateSync } from 'node:zlib';
import { pngChunk } from './png-chunks.ts';

/** Bytes of the signature and the header chunk. */
const HEADER = 33;

/** Puts a colour profile into a PNG that has none (PNG, third edition, section 11.3.2.3). */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  const name = Buffer.from('icc\0\0', 'latin1');
  const chunk = pngChunk('iCCP', Buffer.concat([name, deflateSync(profile, { level: 1 })]));
  return Buffer.concat([png.subarray(0, HEADER), chunk, png.subarray(HEADER)]);
}
