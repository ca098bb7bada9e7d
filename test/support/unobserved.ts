import type { Observed, PipelineObserver } from '../../src/pipeline/ports/pipeline-observer.ts';

const nothing: Observed<unknown> = { ended: () => undefined, failed: () => undefined };

/** Nobody looks on. */
export const UNOBSERVED: PipelineObserver = {
  upload: () => nothing,
  accepted: () => undefined,
  shard: () => ({
    image: () => ({ ...nothing, stage: () => nothing, stageFailed: () => undefined }),
    ended: () => undefined,
  }),
  batch: () => nothing,
  webhook: () => nothing,
  swept: () => undefined,
};
