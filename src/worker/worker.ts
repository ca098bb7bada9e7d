import type { Logger } from 'pino';
import type { Limits } from '../domain/limits.ts';
import type { FullPipelineObserver } from '../observability/pipeline-observer.ts';
import { deliverWebhook, type WebhookTools } from '../pipeline/deliver-webhook.ts';
import type { JobQueue } from '../pipeline/ports/queue.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { DeliveryStore } from '../pipeline/ports/store/deliveries.ts';
import type { RequestLifecycle } from '../pipeline/ports/store/lifecycle.ts';
import type { OutcomeStore } from '../pipeline/ports/store/outcomes.ts';
import type { Outcome } from '../pipeline/ports/store/records.ts';
import type { UpkeepStore } from '../pipeline/ports/store/upkeep.ts';
import type { ImageTools } from '../pipeline/process-image.ts';
import { processShard } from '../pipeline/process-shard.ts';
import { createBacklog } from './backlog.ts';
import { startMaintenance } from './maintenance.ts';
import { createOutcomeRecorder } from './outcome-recorder.ts';

export interface WorkerSettings {
  queue: JobQueue;
  store: OutcomeStore & DeliveryStore & UpkeepStore & Pick<RequestLifecycle, 'deleteRequest'>;
  storage: ImageStorage;
  /** Streams a link into a file; asks `whenRoom` before it starts. */
  fetchImage(
    url: URL,
    file: string,
    options: { priority: number; request: number; signal: AbortSignal; whenRoom: () => Promise<void> },
  ): Promise<unknown>;
  compress: ImageTools['compress'];
  inputFile: ImageTools['inputFile'];
  temporaryFile: ImageTools['temporaryFile'];
  sendWebhook: WebhookTools['sendWebhook'];
  webhookSecrets: WebhookTools['secrets'];
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
  watch: Omit<FullPipelineObserver, 'upload'>;
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
  const { queue, store, storage, watch, log } = settings;
  const backlog = createBacklog(settings.decoders * READY_PER_DECODER);
  const { steadyNow } = settings;
  const recordOutcomes = (outcomes: Outcome[]) => watch.batch(outcomes.length, () => store.recordOutcomes(outcomes));
  const recorder = createOutcomeRecorder({ recordOutcomes }, log);

  const shardTools = {
    during: recorder.during,
    record: (outcome: Outcome) => watch.stage('record', () => recorder.record(outcome)),
    now: steadyNow,
    random: Math.random,
    store,
    storage: { put: (key: string, file: string) => watch.stage('store', () => storage.put(key, file)) },
    tries: settings.limits.tries,
    inputFile: settings.inputFile,
    temporaryFile: settings.temporaryFile,
    watch,
    async download(url: URL, file: string, image: { request: number; number: number }, signal: AbortSignal) {
      const { request, number: priority } = image;
      const options = { priority, request, signal, whenRoom: backlog.whenRoom };
      await watch.stage('download', () => settings.fetchImage(url, file, options));
      backlog.add();
    },
    async compress(...task: Parameters<ImageTools['compress']>) {
      try {
        return await watch.stage('compress', () => settings.compress(...task));
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
    sendWebhook: settings.sendWebhook,
    watch,
    secrets: settings.webhookSecrets,
    publicUrl: settings.publicUrl,
  };

  queue.consume('shard', shardsAtOnce(settings.downloads), (job, signal) => processShard(job, shardTools, signal));
  queue.consume('webhook', WEBHOOKS_AT_ONCE, async (job, signal) => {
    const result = await deliverWebhook(job, webhookTools, signal);
    return result === 'finished' ? result : { again: steadyNow() + result.again - Date.now() };
  });
  const { retentionDays, removeOrphans } = settings;
  const { swept } = watch;
  const maintenance = startMaintenance({ store, storage, retentionDays, removeOrphans, swept, now: Date.now, log });

  return {
    async stop(graceMs) {
      const timer = setTimeout(recorder.giveUp, graceMs);
      await Promise.all([maintenance.stop(), queue.stop(graceMs)]).finally(() => clearTimeout(timer));
    },
  };
}
