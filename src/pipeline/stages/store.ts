import { ImageFailure } from '../../domain/failure.ts';
import { imageKey } from '../../domain/image.ts';
import type { StageContext, StagedImage } from './stage.ts';

/** Puts the picture where it stays, under a name that is the same on every try. */
export async function store(image: StagedImage<'compressed'>, context: StageContext): Promise<void> {
  const { file, result } = image.compressed;
  const product = { row: image.row, name: image.productName };
  const key = imageKey(image.shard.secret, product, image.position, result.formatOut);
  try {
    await context.storage.put(key, file);
  } catch (cause) {
    throw new ImageFailure('storage_failed', { cause });
  }
  image.files.delete(file);
  image.settlement = { kind: 'done', key, ...result, notes: [...image.notes, ...(result.notes ?? [])] };
}
