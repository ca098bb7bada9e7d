import type { PipelineObserver } from '../../src/pipeline/ports/pipeline-observer.ts';

/** Nobody looks on. */
export const UNWATCHED: PipelineObserver = {
  accepted: () => undefined,
  shard: (_job, _shard, work) => work(),
  image: (_image, _shard, work) => work(),
  failed: () => undefined,
  webhook: (_delivery, _record, work) => work(),
};
