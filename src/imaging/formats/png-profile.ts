import { crc32, deflateSync } from 'node:zlib';

/** Bytes of the signature and the header chunk. */
const HEADER = 33;

/** Puts a colour profile into a PNG that has none (PNG, third edition, section 11.3.2.3). */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile, { level: 1 })]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([png.subarray(0, HEADER), length, content, checksum, png.subarray(HEADER)]);
}
