import { crc32 } from 'node:zlib';

export const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Length, type and checksum around a chunk's data. */
const FRAME = 12;

/** The chunks of a PNG (third edition, section 5.3); ends where the file does. */
export function* pngChunks(file: Buffer): Generator<{ type: string; data: Buffer }, void, undefined> {
  for (let at = SIGNATURE.length; at + FRAME <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) return;
    yield { type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, end) };
    at = end + 4;
  }
}

/** A chunk with its length and its checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(FRAME + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}
