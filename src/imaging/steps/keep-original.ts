import { readFileSync } from 'node:fs';
import type { Context } from '../context.ts';
import { cleanMetadata } from '../formats/clean-metadata.ts';

/** Takes the upload, without its metadata, where the compressed picture is not smaller. */
export function keepOriginal(context: Context): void {
  const { encoded, bytesIn, formatOut, input } = context;
  const isSmaller = encoded !== undefined && encoded.length < bytesIn;
  if (!context.mayKeepOriginal || isSmaller) return;
  const original = cleanMetadata(readFileSync(input), formatOut);
  // An upload that cannot be cleaned is not kept: some bytes more are better than the place where somebody lives.
  if (original && (encoded === undefined || original.length <= encoded.length)) context.original = original;
}
