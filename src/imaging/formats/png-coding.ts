import { closeSync, openSync, readSync } from 'node:fs';
import { type Chromaticities, type ColourCoding, cicpCoding, gammaCoding } from '../colour/colour-coding.ts';

const SIGNATURE = 8;
/** Length, type and checksum around a chunk's data. */
const FRAME = 12;
/** The longest chunk that says something of colours: eight numbers of cHRM. */
const LONGEST = 32;

/** What says something of colours. cICP goes before iCCP, that before sRGB, that before gAMA and cHRM (section 4.3). */
const CHUNKS = ['cICP', 'cLLI', 'iCCP', 'sRGB', 'gAMA', 'cHRM'];

/**
 * What the chunks of a PNG say of its colours: libvips reads none of them but iCCP.
 * @returns undefined for sRGB, and where a profile says it
 */
export function pngCoding(file: string): ColourCoding | undefined {
  const chunks = colourChunks(file);
  const cicp = chunks.get('cICP');
  // Full range RGB; anything else is for video.
  if (cicp && cicp.length >= 4) return cicpCoding(cicp.readUInt8(0), cicp.readUInt8(1), peakOf(chunks.get('cLLI')));
  const gamma = chunks.get('gAMA')?.readUInt32BE(0);
  if (chunks.has('iCCP') || chunks.has('sRGB') || !gamma) return undefined;
  return gammaCoding(100_000 / gamma, chromaticitiesOf(chunks.get('cHRM')));
}

/** In units of 0.0001 cd/m². */
function peakOf(chunk: Buffer | undefined): number | undefined {
  return chunk && chunk.length >= 4 ? chunk.readUInt32BE(0) / 10_000 || undefined : undefined;
}

/** The file has white first, a profile last. */
function chromaticitiesOf(chunk: Buffer | undefined): Chromaticities | undefined {
  if (!chunk || chunk.length < LONGEST) return undefined;
  const [wx, wy, ...others] = Array.from({ length: 8 }, (_, at) => chunk.readUInt32BE(4 * at) / 100_000);
  const values = [...others, wx, wy];
  // A y of 0 would be a colour without brightness.
  return values.every((value) => value !== undefined && value > 0) ? (values as unknown as Chromaticities) : undefined;
}

/** They stand before the first data of pixels. */
function colourChunks(file: string): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(8 + LONGEST);
    for (let at = SIGNATURE; ; ) {
      const read = readSync(descriptor, head, 0, head.length, at);
      const type = head.toString('latin1', 4, 8);
      if (read < 8 || type === 'IDAT' || type === 'IEND') return found;
      const length = head.readUInt32BE(0);
      if (CHUNKS.includes(type)) found.set(type, Buffer.from(head.subarray(8, 8 + Math.min(length, LONGEST))));
      at += length + FRAME;
    }
  } finally {
    closeSync(descriptor);
  }
}
