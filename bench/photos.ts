import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_IMAGES } from '../samples/draw-images.ts';

/**
 * The pictures that a benchmark works on: those of a folder, or the drawn ones of the sample shop.
 * @param folder of the user's choice
 * @param work where drawn ones are put
 */
export async function photoFolder(
  folder: string | undefined,
  work: string,
): Promise<{ folder: string; names: string[] }> {
  if (folder) {
    const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|webp|gif|avif)$/i.test(name));
    return { folder, names: names.sort() };
  }
  const drawn = join(work, 'photos');
  mkdirSync(drawn);
  for (const image of SAMPLE_IMAGES) writeFileSync(join(drawn, image.file), await image.draw());
  return { folder: drawn, names: SAMPLE_IMAGES.map(({ file }) => file) };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

export function percentile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
}
