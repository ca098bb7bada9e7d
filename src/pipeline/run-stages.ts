import { unlink } from 'node:fs/promises';
import type { Settlement } from '../domain/image.ts';
import type { ObservedImage } from './ports/pipeline-observer.ts';
import type { PendingImage, Shard } from './ports/store/records.ts';
import { asFailure, settleFailure } from './settle-failure.ts';
import type { Stage, StageContext, StagedImage } from './stages/stage.ts';
import { RECORD, STAGES } from './stages/stages.ts';

/** With all that any stage needs: the order of the list sees to it that it is there in time. */
type ImageInStage = Parameters<Stage['run']>[0];

/**
 * One try at an image: one stage after the other, until its outcome is durable. Nothing is thrown for the image's sake:
 * every failure becomes a settlement, or a later try.
 * @throws the signal's reason where it is aborted, and what recording throws; the image then stays as it was
 */
export async function runStages(
  pending: PendingImage,
  shard: Shard,
  context: StageContext,
  observed: ObservedImage,
  signal: AbortSignal,
): Promise<Settlement> {
  const { backlog, outcomes } = context;
  const begun: StagedImage = { ...pending, attempts: pending.attempts + 1, shard, signal, files: new Set(), notes: [] };
  const image = begun as ImageInStage;
  let inBacklog = false;
  outcomes.start();
  try {
    try {
      for (const stage of STAGES) {
        await runStage(stage, image, context, observed);
        if (stage.fillsBacklog) {
          backlog.add(shard.owner);
          inBacklog = true;
        } else if (stage.emptiesBacklog && inBacklog) {
          backlog.remove(shard.owner);
          inBacklog = false;
        }
        if (image.settlement) break;
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = asFailure(error);
      observed.stageFailed(failure);
      Object.assign(image, settleFailure(failure, pending.attempts, context));
    } finally {
      if (inBacklog) backlog.remove(shard.owner);
      // Before the outcome is recorded: that may take as long as the database is away.
      if (image.files.size > 0) await Promise.all([...image.files].map(removeFile));
    }
    await runStage(RECORD, image, context, observed);
    observed.ended(image.settlement);
    return image.settlement;
  } catch (error) {
    observed.failed(error);
    throw error;
  } finally {
    outcomes.end();
  }
}

async function runStage(
  stage: Stage,
  image: ImageInStage,
  context: StageContext,
  observed: ObservedImage,
): Promise<void> {
  const timed = stage.timed && observed.stage(stage.timed);
  try {
    await stage.run(image, context);
    timed?.ended();
  } catch (error) {
    timed?.failed(error);
    throw error;
  }
}

/** A file that was never made needs no removing. */
async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
