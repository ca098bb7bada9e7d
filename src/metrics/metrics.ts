import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Settlement } from '../domain/image.ts';
import type { Job } from '../pipeline/ports.ts';

type Stage = 'download' | 'compress' | 'store';

/** What the program counts about itself, for Prometheus. */
export interface Metrics {
  settled(settlement: Settlement): void;
  /** Measures one step of an image; counts it while it runs. */
  stage<T>(stage: Stage, work: () => Promise<T>): Promise<T>;
  decoderLost(): void;
  webhookAttempted(delivered: boolean): void;
  orphansRemoved(files: number, bytes: number): void;
  /** @param route as it is declared, never as it was called: paths hold ids */
  answered(method: string, route: string, status: number, seconds: number): void;
  /** Content type and text, as Prometheus reads it. */
  expose(): Promise<{ type: string; text: string }>;
}

export interface Gauges {
  jobs(kind: Job['kind']): Promise<number>;
  freeBytes(): Promise<number>;
}

const STAGE_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 35];
const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

/** @param gauges what is looked up when somebody asks */
export function createMetrics({ jobs, freeBytes }: Gauges, version: string): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });

  const images = counter('pixmill_images_total', 'Images settled, by outcome and failure code.', 'outcome', 'code');
  const bytes = counter('pixmill_image_bytes_total', 'Bytes of images that are done.', 'direction');
  const restarts = counter('pixmill_decoder_restarts_total', 'Decoder processes that were lost with an image.');
  const webhooks = counter('pixmill_webhook_attempts_total', 'Attempts at webhooks.', 'result');
  const orphans = counter('pixmill_orphans_removed_total', 'Stored files removed because they belonged to no image.');
  const orphanBytes = counter('pixmill_orphan_bytes_removed_total', 'Bytes of those files.');
  const running = gauge('pixmill_stage_running', 'Images in a stage right now.', 'stage');
  const stages = new Histogram({
    name: 'pixmill_stage_seconds',
    help: 'Time an image spends in a stage.',
    labelNames: ['stage'],
    buckets: STAGE_SECONDS,
    registers,
  });
  const http = new Histogram({
    name: 'pixmill_http_seconds',
    help: 'Time to answer a call.',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS,
    registers,
  });
  gauge('pixmill_info', 'The version.', 'version').set({ version }, 1);
  const waiting = gauge('pixmill_jobs', 'Jobs that wait or run.', 'kind');
  const free = gauge('pixmill_disk_free_bytes', 'Free bytes where the data folder is.');

  return {
    settled(settlement) {
      if (settlement.kind === 'failed') images.inc({ outcome: 'failed', code: settlement.code });
      if (settlement.kind !== 'done') return;
      images.inc({ outcome: settlement.outcome, code: '' });
      bytes.inc({ direction: 'in' }, settlement.bytesIn);
      bytes.inc({ direction: 'out' }, settlement.bytesOut);
    },
    async stage(stage, work) {
      const end = stages.startTimer({ stage });
      running.inc({ stage });
      try {
        return await work();
      } finally {
        running.dec({ stage });
        end();
      }
    },
    decoderLost: () => restarts.inc(),
    webhookAttempted: (delivered) => webhooks.inc({ result: delivered ? 'delivered' : 'failed' }),
    orphansRemoved(files, bytes) {
      orphans.inc(files);
      orphanBytes.inc(bytes);
    },
    answered: (method, route, status, seconds) => http.observe({ method, route, status }, seconds),
    async expose() {
      for (const kind of ['shard', 'webhook'] as const) waiting.set({ kind }, await jobs(kind));
      free.set(await freeBytes());
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
