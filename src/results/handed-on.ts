import type { DifferentNames } from '../domain/file-name.ts';
import { MAIN } from '../domain/renditions.ts';
import type { ImageRecord } from '../domain/request.ts';

/** The key of one rendition of an image; null where it is not done. */
export function keyOf({ key, renditions }: ImageRecord, rendition: string): string | null {
  return rendition === MAIN ? key : (renditions.find(({ name }) => name === rendition)?.key ?? null);
}

/**
 * The name of a file that is handed on: without the folder that keeps its address from being guessed, and so different from
 * those before it.
 */
export function handedOnName(key: string, names: DifferentNames): string {
  const slash = key.indexOf('/');
  // Names that cannot be guessed are different anyway; a million of them need not be kept.
  return slash === -1 ? key : names.of(key.slice(slash + 1));
}
