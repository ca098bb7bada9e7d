import type { Logger } from 'pino';
import { imageUrl } from '../domain/image.ts';
import type { Attempt, Observed, ObservedImage, PipelineObserver } from '../pipeline/ports/pipeline-observer.ts';
import type { PendingImage } from '../pipeline/ports/store/records.ts';
import type { Metrics, WebhookResult } from './metrics.ts';
import { throttle } from './throttle.ts';
import type { Attributes, Span, Tracing } from './tracing.ts';

/** Between two lines about a storage that takes no image: all that are in the works fail, over and over. */
const COMPLAINT_MS = 10_000;

/** Makes of what happens to uploads, shards, images and webhooks: counts, spans, lines of the log. */
export function createPipelineObserver(metrics: Metrics, tracing: Tracing, log: Logger): PipelineObserver {
  const mayComplain = throttle(COMPLAINT_MS);

  function observeImage(image: PendingImage, requestId: string, shardSpan: Span): ObservedImage {
    const span = shardSpan.child('image', {
      'pixmill.request_id': requestId,
      'pixmill.image': image.number,
      'pixmill.try': image.attempts + 1,
      'server.address': imageUrl(image.inputUrl)?.hostname,
    });
    return {
      stage(stage) {
        const leave = metrics.stageStarted(stage);
        const { ended, failed } = endsSpan(span.child(stage, {}));
        return {
          ended() {
            leave();
            ended();
          },
          failed(error) {
            leave();
            failed(error);
          },
        };
      },

      stageFailed({ code, stage, cause }) {
        const { host } = imageUrl(image.inputUrl) ?? {};
        const line = { request_id: requestId, image: image.number, host, code, stage, err: cause };
        if (code === 'internal_error') log.error(line, 'an image met an error of ours');
        else if (code === 'storage_failed' && mayComplain()) log.warn(line, 'an image could not be stored, and waits');
        // A dead link is for the owner of the shop to mend, who sees it in the result.
        else log.debug(line, 'a try failed');
      },

      ended(settlement) {
        metrics.settled(settlement);
        if (settlement.kind === 'failed') span.failed(settlement.code);
        if (settlement.kind === 'done') {
          const { outcome, formatIn, formatOut, bytesIn, bytesOut } = settlement;
          span.add({ 'pixmill.outcome': outcome, 'pixmill.format_in': formatIn, 'pixmill.format_out': formatOut });
          span.add({ 'pixmill.bytes_in': bytesIn, 'pixmill.bytes_out': bytesOut });
        }
        span.end();
      },

      failed(error) {
        span.failed(error);
        span.end();
      },
    };
  }

  return {
    upload: () =>
      endsSpan(tracing.inRequest('accept upload', {}), ({ requestId, imagesTotal }) => ({
        'pixmill.request_id': requestId ?? undefined,
        'pixmill.images': imagesTotal,
      })),

    accepted: ({ imagesTotal }) => metrics.accepted(imagesTotal),

    shard({ id: request_id }, shard) {
      const span = tracing.root('shard', { 'pixmill.request_id': request_id, 'pixmill.shard': shard });
      const start = performance.now();
      return {
        image: (image) => observeImage(image, request_id, span),
        ended(tries) {
          const counts = { done: 0, failed: 0, later: 0, broken_off: 0 };
          for (const tried of tries) counts[tried.status === 'fulfilled' ? tried.value.kind : 'broken_off']++;
          span.add({ 'pixmill.done': counts.done, 'pixmill.failed': counts.failed, 'pixmill.later': counts.later });
          const ms = Math.round(performance.now() - start);
          log.info({ request_id, shard, ...counts, ms, ...span.ids() }, 'shard worked on');
          span.end();
        },
      };
    },

    batch: (outcomes) => endsSpan(tracing.root('record batch', { 'pixmill.outcomes': outcomes })),

    webhook({ part, step, url }, { id: request_id }) {
      const span = tracing.root('webhook', { 'pixmill.request_id': request_id, 'pixmill.try': step + 1 });
      const start = performance.now();
      return {
        ended(attempt) {
          const ms = performance.now() - start;
          const { statusCode: status, error } = attempt;
          const result = resultOf(attempt);
          metrics.webhookAttempted(result, ms / 1_000);
          span.add({ 'http.response.status_code': status ?? undefined, 'server.address': new URL(url).hostname });
          if (result !== 'delivered') span.failed(error ?? result);
          // The path may be the secret that lets a message in.
          const line = { request_id, delivery: part, try: step + 1, host: new URL(url).host, status, error };
          const level = result === 'delivered' ? 'info' : 'warn';
          log[level]({ ...line, ms: Math.round(ms), ...span.ids() }, `webhook ${result}`);
          span.end();
        },
        failed(error) {
          span.failed(error);
          span.end();
        },
      };
    },

    swept(files, bytes) {
      metrics.orphansRemoved(files, bytes);
      // Every start of a new server searches once; that nothing was found is news to nobody.
      log[files > 0 ? 'info' : 'debug']({ files, bytes }, 'files that belong to no image are removed from the storage');
    },
  };
}

/** Work that is one span and nothing else. */
function endsSpan<Result = void>(span: Span, attributesOf?: (result: Result) => Attributes): Observed<Result> {
  return {
    ended(result) {
      if (attributesOf) span.add(attributesOf(result));
      span.end();
    },
    failed(error) {
      span.failed(error);
      span.end();
    },
  };
}

function resultOf({ statusCode }: Attempt): WebhookResult {
  if (statusCode === null) return 'unreachable';
  return statusCode >= 200 && statusCode < 300 ? 'delivered' : 'refused';
}
