import type { Job, JobKind, JobOf } from '../pipeline/ports/queue.ts';

/**
 * A job as every release has kept it, in rows and in payloads of pg-boss: `part` is the number of the shard or of the
 * delivery. It stays so, for the jobs of older releases, and for their workers beside ours while a cluster is updated.
 */
export interface StoredJob {
  request: number;
  part: number;
}

export function toStored(job: Job): StoredJob {
  return { request: job.request, part: job.kind === 'shard' ? job.shard : job.delivery };
}

export function fromStored<Kind extends JobKind>(kind: Kind, stored: StoredJob): JobOf<Kind>;
export function fromStored(kind: JobKind, { request, part }: StoredJob): Job {
  return kind === 'shard' ? { kind, request, shard: part } : { kind, request, delivery: part };
}

/** For a line of the log. The queue knows no more than the store's number of the request. */
export function logged(kind: JobKind, { request, part }: StoredJob): Record<string, unknown> {
  return { kind, request_number: request, [kind === 'shard' ? 'shard' : 'delivery']: part };
}
