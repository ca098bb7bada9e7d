import type { StageContext, StagedImage } from './stage.ts';

/** Decodes the file, and makes the smaller picture that the options of the request ask for. */
export async function compress(image: StagedImage<'original'>, context: StageContext): Promise<void> {
  const file = context.temporaryFile();
  // Before the work: a part of it may be there when it fails.
  image.files.add(file);
  const result = await context.compress(image.original, file, image.shard.options, image.shard.owner);
  image.compressed = { file, result };
}
