import { type Encode, orFast, type WritingCodec } from './codec.ts';
import { vipsLoader } from './vips-loader.ts';

const encode: Encode = (image, { quality, effort }) =>
  image.webp({ quality, effort: effort === 'fast' ? 2 : 5 }).toBuffer();

export const webp: WritingCodec = {
  recognises: (head) => head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP',
  loader: vipsLoader({ operation: 'Webp', matches: ({ format }) => format === 'webp', animated: true }),
  encoder: { encode, alternatives: orFast(encode) },
  cleanMetadata: cleanWebp,
};

/** Chunks that change how pixels are shown (WebP container specification, RFC 9649 section 2). */
const NEEDED = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

const RIFF_HEADER = 12;
/** Flags of VP8X that announce EXIF and XMP (RFC 9649 section 2.7). */
const METADATA_FLAGS = 0x08 | 0x04;

function cleanWebp(file: Buffer): Buffer | undefined {
  const end = file.readUInt32LE(4) + 8;
  if (end > file.length) return undefined;
  const kept: Buffer[] = [];
  for (let at = RIFF_HEADER; at + 8 <= end; ) {
    const type = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    // Chunks begin at even places.
    const next = at + 8 + size + (size & 1);
    if (at + 8 + size > end) return undefined;
    if (NEEDED.has(type)) {
      const chunk = Buffer.from(file.subarray(at, Math.min(next, end)));
      if (type === 'VP8X') chunk.writeUInt8(chunk.readUInt8(8) & ~METADATA_FLAGS, 8);
      kept.push(chunk);
    }
    at = next;
  }
  if (kept.length === 0) return undefined;
  const body = Buffer.concat(kept);
  const header = Buffer.from(file.subarray(0, RIFF_HEADER));
  header.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([header, body]);
}
