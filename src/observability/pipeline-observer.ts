import type { Logger } from 'pino';
import { imageUrl } from '../domain/image.ts';
import type { AcceptUpload } from '../pipeline/accept-upload.ts';
import type { Attempt, PipelineObserver } from '../pipeline/ports/pipeline-observer.ts';
import type { PendingImage, Shard } from '../pipeline/ports/store/records.ts';
import type { Metrics, StageName, WebhookResult } from './metrics.ts';
import { throttle } from './throttle.ts';
import type { Tracing } from './tracing.ts';

export interface FullPipelineObserver extends PipelineObserver {
  /** The same as `accept`, watched. */
  upload(accept: AcceptUpload): AcceptUpload;
  /** Around one stage of an image. */
  stage<T>(stage: StageName, work: () => Promise<T>): Promise<T>;
  /** Around the commit of many outcomes together. */
  batch(outcomes: number, work: () => Promise<void>): Promise<void>;
  /** The storage was searched, and files that belong to no image were removed. */
  swept(files: number, bytes: number): void;
}

/** Between two lines about a storage that takes no image: all that are in the works fail, again and again. */
const COMPLAINT_MS = 10_000;

/** Makes of what happens to uploads, shards, images and webhooks: counts, spans, lines of the log. */
export function createPipelineObserver(metrics: Metrics, tracing: Tracing, log: Logger): FullPipelineObserver {
  const mayComplain = throttle(COMPLAINT_MS);
  return {
    upload: (accept) => (form) =>
      tracing.span('accept upload', {}, async (span) => {
        const answer = await accept(form);
        span.add({ 'pixmill.request_id': answer.requestId ?? undefined, 'pixmill.images': answer.imagesTotal });
        return answer;
      }),

    accepted: ({ imagesTotal }) => metrics.accepted(imagesTotal),

    shard: (job, shard, work) =>
      tracing.root('shard', { 'pixmill.request_id': shard.id, 'pixmill.shard': job.part }, async (span) => {
        const start = performance.now();
        const tries = await work();
        const counts = { done: 0, failed: 0, later: 0, broken_off: 0 };
        for (const tried of tries) counts[tried.status === 'fulfilled' ? tried.value.kind : 'broken_off']++;
        span.add({ 'pixmill.done': counts.done, 'pixmill.failed': counts.failed, 'pixmill.later': counts.later });
        const ms = Math.round(performance.now() - start);
        log.info({ request: shard.id, shard: job.part, ...counts, ms, ...tracing.ids() }, 'shard worked on');
        return tries;
      }),

    image: (image, shard, work) =>
      tracing.span('image', spanNames(image, shard), async (span) => {
        const settlement = await work();
        metrics.settled(settlement);
        if (settlement.kind === 'failed') span.failed(settlement.code);
        if (settlement.kind !== 'done') return settlement;
        const { outcome, formatIn, formatOut, bytesIn, bytesOut } = settlement;
        span.add({ 'pixmill.outcome': outcome, 'pixmill.format_in': formatIn, 'pixmill.format_out': formatOut });
        span.add({ 'pixmill.bytes_in': bytesIn, 'pixmill.bytes_out': bytesOut });
        return settlement;
      }),

    failed(image, shard, { code, stage, cause }) {
      const line = { request: shard.id, image: image.number, host: linkOf(image)?.host, code, stage, err: cause };
      if (code === 'internal_error') log.error(line, 'an image met an error of ours');
      else if (code === 'storage_failed' && mayComplain()) log.warn(line, 'an image could not be stored, and waits');
      // A dead link is for the owner of the shop to mend, who sees it in the result.
      else log.debug(line, 'a try failed');
    },

    webhook: ({ part, step, url }, { id }, work) =>
      tracing.root('webhook', { 'pixmill.request_id': id, 'pixmill.try': step + 1 }, async (span) => {
        const start = performance.now();
        const attempt = await work();
        const ms = performance.now() - start;
        const { statusCode: status, error } = attempt;
        const result = resultOf(attempt);
        metrics.webhookAttempted(result, ms / 1_000);
        span.add({ 'http.response.status_code': status ?? undefined, 'server.address': new URL(url).hostname });
        if (result !== 'delivered') span.failed(error ?? result);
        // The path may be the secret that lets a message in.
        const line = { request: id, delivery: part, try: step + 1, host: new URL(url).host, status, error };
        const level = result === 'delivered' ? 'info' : 'warn';
        log[level]({ ...line, ms: Math.round(ms), ...tracing.ids() }, `webhook ${result}`);
        return attempt;
      }),

    stage: (stage, work) => tracing.span(stage, {}, () => metrics.stage(stage, work)),

    batch: (outcomes, work) => tracing.root('record batch', { 'pixmill.outcomes': outcomes }, work),

    swept(files, bytes) {
      metrics.orphansRemoved(files, bytes);
      // Every start of a new server searches once; that nothing was found is news to nobody.
      log[files > 0 ? 'info' : 'debug']({ files, bytes }, 'files that belong to no image are removed from the storage');
    },
  };
}

const linkOf = ({ inputUrl }: PendingImage) => imageUrl(inputUrl);

function spanNames(image: PendingImage, shard: Shard) {
  return {
    'pixmill.request_id': shard.id,
    'pixmill.image': image.number,
    'pixmill.try': image.attempts + 1,
    'server.address': linkOf(image)?.hostname,
  };
}

function resultOf({ statusCode }: Attempt): WebhookResult {
  if (statusCode === null) return 'unreachable';
  return statusCode >= 200 && statusCode < 300 ? 'delivered' : 'refused';
}
