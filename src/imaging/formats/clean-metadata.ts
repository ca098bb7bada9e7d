import type { WrittenFormat } from '../../domain/formats.ts';
import { CODECS } from './index.ts';

/**
 * The same picture without its metadata.
 * @returns undefined where the file cannot be read to its end
 */
export function cleanMetadata(file: Buffer, format: WrittenFormat): Buffer | undefined {
  try {
    return CODECS[format].cleanMetadata(file);
  } catch (error) {
    // A length that points outside of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
