import { LONGEST_RETRY_MS } from '../domain/retry.ts';
import type { PipelineObserver } from './ports/pipeline-observer.ts';
import type { Job, JobResult } from './ports/queue.ts';
import type { OutcomeStore } from './ports/store/outcomes.ts';
import type { Outcome, PendingImage } from './ports/store/records.ts';
import { type ImageTools, processImage } from './process-image.ts';

export interface ShardTools extends ImageTools {
  store: Pick<OutcomeStore, 'loadShard'>;
  /** Around all work on one image, until its outcome is durable. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Returns when the outcome is durable. */
  record(outcome: Outcome): Promise<void>;
  watch: PipelineObserver;
}

/** Images that are due within this time of each other come back together: each time round costs commits. */
const TOGETHER_MS = 200;

/**
 * All images of a shard that are due, at once: how many really run is decided by the tools they pass through.
 * An image that must wait (a host said "later") does not hold the shard: the job comes back when the first one is due.
 * Doing a shard twice changes nothing: settled images are not loaded, keys are always the same.
 */
export async function processShard(job: Job, tools: ShardTools, signal: AbortSignal): Promise<JobResult> {
  const shard = await tools.store.loadShard(job.request, job.part);
  if (!shard) return 'finished';
  const now = tools.now();
  const isDue = ({ retryAt }: PendingImage) => retryAt <= now || retryAt > now + LONGEST_RETRY_MS;
  const due = shard.images.filter(isDue);
  const waiting = shard.images.filter((image) => !isDue(image)).map(({ retryAt }) => retryAt);

  const tryImage = async (image: PendingImage) => {
    const { settlement, attempts } = await processImage(image, shard, tools, signal);
    await tools.record({ request: image.request, number: image.number, attempts, lease: shard.lease, settlement });
    return settlement;
  };
  const { watch } = tools;
  const tried = await watch.shard(job, shard, () =>
    Promise.allSettled(due.map((image) => watch.image(image, shard, () => tools.during(() => tryImage(image))))),
  );
  if (signal.aborted) return { again: tools.now() };
  for (const result of tried) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value.kind === 'later') waiting.push(result.value.retryAt);
  }
  if (waiting.length === 0) return 'finished';
  const first = Math.min(...waiting);
  return { again: Math.max(...waiting.filter((retryAt) => retryAt <= first + TOGETHER_MS)) };
}
