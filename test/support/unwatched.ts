import type { Watch } from '../../src/pipeline/watch.ts';

/** Nobody looks on. */
export const UNWATCHED: Watch = {
  accepted: () => undefined,
  shard: (_job, _shard, work) => work(),
  image: (_image, _shard, work) => work(),
  failed: () => undefined,
  webhook: (_delivery, _record, work) => work(),
};
