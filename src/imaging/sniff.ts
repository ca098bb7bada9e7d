import { fileTypeFromBuffer } from 'file-type';
import { ImageFailure } from '../domain/failure.ts';
import type { ImageFormat } from '../domain/options.ts';

/** Bytes that are looked at. */
export const SNIFFED_BYTES = 4_100;

/** Pictures that no signature tells from text or from bytes of any kind. */
const SVG = /<svg[\s>]|<!doctype svg/i;

/**
 * The format of a file by its first bytes, whatever its name or its host says.
 * @throws ImageFailure `unsupported_format` for other pictures, `not_an_image` for everything else
 */
export async function sniff(head: Buffer): Promise<ImageFormat> {
  const format = knownFormat(head);
  if (format) return format;
  // Brands of the same container: HEIC and its relatives.
  if (head.toString('latin1', 4, 8) === 'ftyp') throw new ImageFailure('unsupported_format');
  const type = await fileTypeFromBuffer(head);
  const picture = type?.mime.startsWith('image/') || SVG.test(head.toString('latin1', 0, 1_024));
  throw new ImageFailure(picture ? 'unsupported_format' : 'not_an_image');
}

function knownFormat(head: Buffer): ImageFormat | undefined {
  const text = (start: number, end: number) => head.toString('latin1', start, end);
  if (text(0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(4, 8) === 'ftyp' && brands(head).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return undefined;
}

/** Major and compatible brands (ISO/IEC 14496-12 section 4.3). */
function brands(head: Buffer): string[] {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const found = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(head.toString('latin1', at, at + 4));
  return found;
}
