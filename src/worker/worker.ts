import type { Logger } from 'pino';
import { ImageFailure } from '../domain/failure.ts';
import type { Limits } from '../domain/limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { deliverWebhook, type WebhookTools } from '../pipeline/deliver-webhook.ts';
import type { ImageStorage, JobQueue, Outcome, RequestStore } from '../pipeline/ports.ts';
import type { ImageTools } from '../pipeline/process-image.ts';
import { processShard } from '../pipeline/process-shard.ts';
import { createBacklog } from './backlog.ts';
import { startMaintenance } from './maintenance.ts';
import { createOutcomeRecorder } from './outcome-recorder.ts';

export interface WorkerSettings {
  queue: JobQueue;
  store: RequestStore;
  storage: ImageStorage;
  /** Streams a link into a file; asks `whenRoom` before it starts. */
  fetchImage(
    url: URL,
    file: string,
    options: { priority: number; signal: AbortSignal; whenRoom: () => Promise<void> },
  ): Promise<unknown>;
  compress: ImageTools['compress'];
  temporaryFile: ImageTools['temporaryFile'];
  sendWebhook: WebhookTools['sendWebhook'];
  webhookSecret: string;
  publicUrl: string;
  /** Decoder processes. */
  decoders: number;
  /** Downloads at once. */
  downloads: number;
  limits: Pick<Limits, 'tries'>;
  retentionDays: number;
  removeOrphans: boolean;
  /** A clock that does not jump; the queue's. */
  steadyNow(): number;
  metrics: Metrics;
  log: Logger;
}

export interface Worker {
  /** Takes no new work, waits up to `graceMs` for what runs, then hands it back. */
  stop(graceMs: number): Promise<void>;
}

/** Files that lie ready for each decoder process: enough that none ever waits for the next. */
const READY_PER_DECODER = 4;

/** Shards at once: twice as many images as downloads, so that slow hosts leave others to choose from. */
const shardsAtOnce = (downloads: number) => Math.max(4, Math.ceil((2 * downloads) / 10));

const WEBHOOKS_AT_ONCE = 8;

/** Works on the jobs of the queue until it is stopped: shards of images, webhooks, upkeep. */
export function startWorker(settings: WorkerSettings): Worker {
  const { queue, store, storage, metrics, log } = settings;
  const backlog = createBacklog(settings.decoders * READY_PER_DECODER);
  const { steadyNow } = settings;
  const recorder = createOutcomeRecorder(store, log);

  const shardTools = {
    async record(outcome: Outcome) {
      await recorder.record(outcome);
      metrics.settled(outcome.settlement);
    },
    now: steadyNow,
    random: Math.random,
    store,
    storage: { put: (key: string, file: string) => metrics.stage('store', () => storage.put(key, file)) },
    tries: settings.limits.tries,
    temporaryFile: settings.temporaryFile,
    async download(url: URL, file: string, image: { number: number }, signal: AbortSignal) {
      const options = { priority: image.number, signal, whenRoom: backlog.whenRoom };
      await metrics.stage('download', () => settings.fetchImage(url, file, options));
      backlog.add();
    },
    async compress(...task: Parameters<ImageTools['compress']>) {
      try {
        return await metrics.stage('compress', () => settings.compress(...task));
      } catch (error) {
        if (error instanceof ImageFailure && error.code === 'decoder_crashed') metrics.decoderLost();
        throw error;
      } finally {
        backlog.remove();
      }
    },
  };
  const webhookTools = {
    store,
    // Receivers compare the time of a message with theirs.
    now: Date.now,
    random: Math.random,
    async sendWebhook(...message: Parameters<WebhookTools['sendWebhook']>) {
      const answer = await settings.sendWebhook(...message).catch((error) => {
        metrics.webhookAttempted(false);
        throw error;
      });
      metrics.webhookAttempted(answer.statusCode < 300);
      return answer;
    },
    secret: settings.webhookSecret,
    publicUrl: settings.publicUrl,
  };

  queue.consume('shard', shardsAtOnce(settings.downloads), async (job, signal) => {
    const result = await processShard(job, shardTools, signal);
    log.info({ request: job.request, shard: job.part, result }, 'shard worked on');
    return result;
  });
  queue.consume('webhook', WEBHOOKS_AT_ONCE, async (job, signal) => {
    const result = await deliverWebhook(job, webhookTools, signal);
    return result === 'finished' ? result : { again: steadyNow() + result.again - Date.now() };
  });
  const { retentionDays, removeOrphans } = settings;
  const maintenance = startMaintenance({ store, storage, retentionDays, removeOrphans, metrics, now: Date.now, log });

  return {
    async stop(graceMs) {
      await Promise.all([maintenance.stop(), queue.stop(graceMs)]);
    },
  };
}
