import { LONGEST_RETRY_MS } from '../domain/retry.ts';
import type { PipelineObserver } from './ports/pipeline-observer.ts';
import type { JobOf, JobResult } from './ports/queue.ts';
import type { OutcomeStore } from './ports/store/outcomes.ts';
import type { PendingImage } from './ports/store/records.ts';
import { runStages } from './run-stages.ts';
import type { StageContext } from './stages/stage.ts';

export interface ShardContext extends StageContext {
  store: Pick<OutcomeStore, 'loadShard'>;
  observer: Pick<PipelineObserver, 'shard'>;
}

/** Images that are due within this time of each other come back together: each time round costs commits. */
const TOGETHER_MS = 200;

/**
 * All images of a shard that are due, at once: how many really run is decided by what the stages wait for.
 * An image that must wait (a host said "later") does not hold the shard: the job comes back when the first one is due.
 * Doing a shard twice changes nothing: settled images are not loaded, keys are always the same.
 */
export async function processShard(
  job: JobOf<'shard'>,
  context: ShardContext,
  signal: AbortSignal,
): Promise<JobResult> {
  const shard = await context.store.loadShard(job.request, job.shard);
  if (!shard) return 'finished';
  const now = context.now();
  const isDue = ({ retryAt }: PendingImage) => retryAt <= now || retryAt > now + LONGEST_RETRY_MS;
  const due = shard.images.filter(isDue);
  const waiting = shard.images.filter((image) => !isDue(image)).map(({ retryAt }) => retryAt);

  const observed = context.observer.shard(shard, job.shard);
  const tries = due.map((image) => runStages(image, shard, context, observed.image(image), signal));
  const tried = await Promise.allSettled(tries);
  observed.ended(tried);

  if (signal.aborted) return { snooze: 0 };
  for (const result of tried) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value.kind === 'later') waiting.push(result.value.retryAt);
  }
  if (waiting.length === 0) return 'finished';
  const first = Math.min(...waiting);
  const last = Math.max(...waiting.filter((retryAt) => retryAt <= first + TOGETHER_MS));
  return { snooze: Math.max(0, last - context.now()) };
}
