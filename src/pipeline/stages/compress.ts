import { wantedRenditions } from '../../domain/renditions.ts';
import type { CompressedPicture, StageContext, StagedImage } from './stage.ts';

/** Decodes the file once, and makes of it the pictures that the options of the request ask for. */
export async function compress(image: StagedImage<'original'>, context: StageContext): Promise<void> {
  const wanted = wantedRenditions(image.shard.options).map((one) => ({ ...one, output: context.temporaryFile() }));
  // Before the work: a part of them may be there when it fails.
  for (const { output } of wanted) image.files.add(output);
  const results = await context.compress(image.original, wanted, image.shard.owner);
  const pictures = results.flatMap((result, index): CompressedPicture[] => {
    const { name, options, output: file = '' } = wanted[index] ?? {};
    return name === undefined || options === undefined ? [] : [{ name, options, file, result }];
  });
  const [main, ...others] = pictures;
  if (!main || pictures.length !== wanted.length)
    throw new Error('the decoder made other pictures than were asked for');
  image.compressed = [main, ...others];
}
