import type { StageContext, StagedImage } from './stage.ts';

/** Writes down what became of the image, under the lease that it was handed out with. */
export async function record(image: StagedImage<'settlement'>, context: StageContext): Promise<void> {
  const { request, number, attempts, settlement } = image;
  await context.outcomes.record({ request, number, attempts, lease: image.shard.lease, settlement });
}
