import type { Logger } from 'pino';
import type { Limits } from '../domain/limits.ts';
import { deliverWebhook, type WebhookContext } from '../pipeline/deliver-webhook.ts';
import type { PipelineObserver } from '../pipeline/ports/pipeline-observer.ts';
import type { JobQueue } from '../pipeline/ports/queue.ts';
import type { ImageStorage } from '../pipeline/ports/storage.ts';
import type { DeliveryStore } from '../pipeline/ports/store/deliveries.ts';
import type { RequestLifecycle } from '../pipeline/ports/store/lifecycle.ts';
import type { OutcomeStore } from '../pipeline/ports/store/outcomes.ts';
import type { UpkeepStore } from '../pipeline/ports/store/upkeep.ts';
import { processShard, type ShardContext } from '../pipeline/process-shard.ts';
import type { StageContext } from '../pipeline/stages/stage.ts';
import { createBacklog } from './backlog.ts';
import { startMaintenance } from './maintenance.ts';
import { createOutcomeRecorder } from './outcome-recorder.ts';
import { createReceiverSlots } from './receiver-slots.ts';

export interface WorkerSettings
  extends Pick<StageContext, 'fetchImage' | 'compress' | 'inputFile' | 'temporaryFile'>,
    Pick<WebhookContext, 'sendWebhook' | 'publicUrl'> {
  queue: JobQueue;
  store: OutcomeStore & DeliveryStore & UpkeepStore & Pick<RequestLifecycle, 'deleteRequest'>;
  storage: ImageStorage;
  webhookSecrets: WebhookContext['secrets'];
  /** Decoder processes. */
  decoders: number;
  /** Downloads at once. */
  downloads: number;
  limits: Pick<Limits, 'tries'>;
  retentionDays: number;
  removeOrphans: boolean;
  /** A clock that does not jump. */
  steadyNow(): number;
  observer: PipelineObserver;
  log: Logger;
}

export interface Worker {
  /** Takes no new work, waits up to `graceMs` for what runs, then hands it back. */
  stop(graceMs: number): Promise<void>;
}

/** Files that lie ready for each decoder process: enough that none ever waits for the next. */
const READY_PER_DECODER = 4;

/** Shards of one customer at once: twice as many images as downloads, so that slow hosts leave others to choose from. */
const shardsOfCustomer = (downloads: number) => Math.max(4, Math.ceil((2 * downloads) / 10));

/**
 * Further shards, of other customers. A shard may take minutes, and is no more than a list in memory: downloads and decoders
 * are what is scarce, and these are shared by themselves.
 */
const SHARDS_OF_OTHERS = 4;

/** A receiver that hangs holds a place for its time limit. */
const WEBHOOKS = { total: 16, ofCustomer: 2 };
const WEBHOOKS_OF_HOST = 2;

/** Works on the jobs of the queue until it is stopped: shards of images, webhooks, upkeep. */
export function startWorker(settings: WorkerSettings): Worker {
  const { queue, store, storage, observer, log } = settings;
  const recorder = createOutcomeRecorder({ store, observer, log });
  const shardContext: ShardContext = {
    store,
    storage,
    observer,
    fetchImage: settings.fetchImage,
    compress: settings.compress,
    outcomes: recorder,
    backlog: createBacklog(settings.decoders * READY_PER_DECODER),
    inputFile: settings.inputFile,
    temporaryFile: settings.temporaryFile,
    tries: settings.limits.tries,
    now: settings.steadyNow,
    random: Math.random,
  };
  const webhookContext: WebhookContext = {
    store,
    observer,
    sendWebhook: settings.sendWebhook,
    receivers: createReceiverSlots(WEBHOOKS_OF_HOST),
    secrets: settings.webhookSecrets,
    publicUrl: settings.publicUrl,
    // Receivers compare the time of a message with theirs.
    now: Date.now,
    random: Math.random,
  };

  const ofCustomer = shardsOfCustomer(settings.downloads);
  const shards = { total: ofCustomer + SHARDS_OF_OTHERS, ofCustomer };
  queue.consume('shard', shards, (job, signal) => processShard(job, shardContext, signal));
  queue.consume('webhook', WEBHOOKS, (job, signal) => deliverWebhook(job, webhookContext, signal));
  const { retentionDays, removeOrphans } = settings;
  const { steadyNow } = settings;
  const clocks = { steadyNow, wallNow: Date.now };
  const maintenance = startMaintenance({ store, storage, retentionDays, removeOrphans, observer, ...clocks, log });

  return {
    async stop(graceMs) {
      const timer = setTimeout(recorder.giveUp, graceMs);
      await Promise.all([maintenance.stop(), queue.stop(graceMs)]).finally(() => clearTimeout(timer));
    },
  };
}
