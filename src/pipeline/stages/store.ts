import { channelNotes } from '../../domain/channels.ts';
import { ImageFailure } from '../../domain/failure.ts';
import { imageKeys, type StoredRendition } from '../../domain/image.ts';
import { sizeNotes } from '../../domain/size-notes.ts';
import type { StageContext, StagedImage } from './stage.ts';

/**
 * Puts the pictures where they stay, under names that are the same on every try. The outcome names all of them or none:
 * where one cannot be stored, those before it are stored again by the next try, or swept up as files without an image.
 */
export async function store(image: StagedImage<'compressed'>, context: StageContext): Promise<void> {
  const { shard, compressed, notes } = image;
  const pictures = compressed.map(({ name, result }) => ({ name, format: result.formatOut }));
  const keys = imageKeys(shard.secret, image, shard.options.name, pictures);
  for (const [index, { file }] of compressed.entries()) {
    try {
      await context.storage.put(keys[index] ?? '', file);
    } catch (cause) {
      throw new ImageFailure('storage_failed', { cause });
    }
    image.files.delete(file);
  }
  const [{ result }, ...others] = compressed;
  const [key = '', ...otherKeys] = keys;
  const renditions = others.map(({ name, result }, index): StoredRendition => {
    const { formatOut, width, height, bytesOut } = result;
    return { name, key: otherKeys[index] ?? '', formatOut, width, height, bytesOut };
  });
  image.settlement = {
    kind: 'done',
    key,
    ...result,
    ...(renditions.length > 0 && { renditions }),
    notes: [
      ...notes,
      ...compressed.flatMap(({ result }) => result.notes ?? []),
      ...compressed.flatMap(sizeNotes),
      ...channelNotes(shard.options.checks ?? [], result),
    ],
  };
}
