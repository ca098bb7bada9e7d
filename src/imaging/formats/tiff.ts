import type { Codec } from './codec.ts';
import { vipsLoader } from './vips-loader.ts';

/** Byte order, then 42; 43 for files above 4 GB (TIFF 6.0 section 2, BigTIFF). */
const SIGNATURES = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

/** Pages of a document: the first is read. */
export const tiff: Codec = {
  recognises: (head) => SIGNATURES.includes(head.toString('latin1', 0, 4)) && !isRaw(head),
  loader: vipsLoader({ operation: 'Tiff', matches: ({ format }) => format === 'tiff', paged: true }),
};

/** Raw photos have the shape of TIFF and, in it, a small preview: that is not the picture. */
function isRaw(head: Buffer): boolean {
  return (
    head.toString('latin1', 8, 10) === 'CR' || /NIKON CORPORATION|DNG|ARW|OLYMPUS/.test(head.toString('latin1', 8, 512))
  );
}
