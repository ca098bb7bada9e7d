import type { StageContext, StagedImage } from './stage.ts';

/** What is behind the address, as a file. */
export async function download(image: StagedImage<'url'>, context: StageContext): Promise<void> {
  const file = context.inputFile();
  const { number: priority, request, signal } = image;
  const customer = image.shard.owner;
  const whenRoom = () => context.backlog.whenRoom(customer);
  await context.fetchImage(image.url, file, { priority, request, customer, signal, whenRoom });
  image.files.add(file);
  image.original = file;
}
