import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Settlement } from '../domain/image.ts';
import type { DecoderLoss, TimedStage } from '../pipeline/ports/pipeline-observer.ts';

export type WebhookResult = 'delivered' | 'refused' | 'unreachable';

/** Values by label, or one value. */
type Values = Record<string, number> | number;

/** A gauge that is read on each scrape; a read that fails or hangs leaves its metric out of the response. */
export interface GaugeSource {
  /** By Prometheus' rules: base units, the unit at the end of the name. */
  name: string;
  help: string;
  /** What the keys of the values are; none: there is one value. */
  label?: string;
  read(): Promise<Values> | Values;
}

/** What the program counts about itself, for Prometheus. */
export interface Metrics {
  /** An upload became a request. */
  accepted(images: number): void;
  settled(settlement: Settlement): void;
  /** An image enters a stage, and is counted there until the returned function is called. */
  stageStarted(stage: TimedStage): () => void;
  decoderLost(reason: DecoderLoss): void;
  webhookAttempted(result: WebhookResult, seconds: number): void;
  orphansRemoved(files: number, bytes: number): void;
  /**
   * @param route as it is declared, never as it was called: paths hold ids
   * @param status `2xx` and the like, or `aborted` where the client went away
   */
  responded(method: string, route: string, status: string, seconds: number): void;
  register(...gauges: GaugeSource[]): void;
  /** Content type and text, as Prometheus reads it. */
  expose(): Promise<{ type: string; text: string }>;
}

const STAGES: TimedStage[] = ['download', 'compress', 'store', 'record'];
const STAGE_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 35];
const HTTP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
const WEBHOOK_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];

/** Below the ten seconds that Prometheus waits for an answer: without the database the rest must still be seen. */
const READ_MS = 5_000;

/** @param program what it is: version and role */
export function createMetrics(program: { version: string; role: string }): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, buckets: number[], ...labelNames: string[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  new Gauge({ name: 'pixmill_info', help: 'Always 1.', labelNames: ['version', 'role'], registers }).set(program, 1);
  const requests = counter('pixmill_requests_accepted_total', 'Uploads that became a request.');
  const accepted = counter('pixmill_images_accepted_total', 'Images of accepted requests.');
  const images = counter(
    'pixmill_images_total',
    'Images settled, by outcome and failure code; a repeated link counts once.',
    'outcome',
    'code',
  );
  const putOff = counter('pixmill_images_put_off_total', 'Tries at images that ended with a later one.');
  const bytes = counter('pixmill_image_bytes_total', 'Bytes of images that are done.', 'direction');
  const running = new Gauge({
    name: 'pixmill_stage_running',
    help: 'Images in a stage right now, those included that wait for their turn there.',
    labelNames: ['stage'],
    registers,
  });
  const stages = histogram(
    'pixmill_stage_seconds',
    'Time an image spends in a stage, the wait for its turn included.',
    STAGE_SECONDS,
    'stage',
  );
  const restarts = counter('pixmill_decoder_restarts_total', 'Decoder processes that were lost.', 'reason');
  const attempts = counter('pixmill_webhook_attempts_total', 'Attempts at webhooks.', 'result');
  const webhooks = histogram('pixmill_webhook_seconds', 'Time an attempt at a webhook takes.', WEBHOOK_SECONDS);
  const orphans = counter('pixmill_orphans_removed_total', 'Stored files removed because they belonged to no image.');
  const orphanBytes = counter('pixmill_orphan_bytes_removed_total', 'Bytes of those files.');
  const http = histogram('pixmill_http_seconds', 'Time to answer a call.', HTTP_SECONDS, 'method', 'route', 'status');

  // A rate can only be seen to rise from something that was there before.
  for (const stage of STAGES) running.set({ stage }, 0);
  for (const reason of ['crash', 'memory', 'time_limit', 'idle']) restarts.inc({ reason }, 0);
  for (const result of ['delivered', 'refused', 'unreachable']) attempts.inc({ result }, 0);
  for (const outcome of ['compressed', 'kept_original']) images.inc({ outcome, code: '' }, 0);
  images.inc({ outcome: 'failed', code: 'internal_error' }, 0);
  for (const direction of ['in', 'out']) bytes.inc({ direction }, 0);

  return {
    accepted(count) {
      requests.inc();
      accepted.inc(count);
    },
    settled(settlement) {
      if (settlement.kind === 'failed') images.inc({ outcome: 'failed', code: settlement.code });
      if (settlement.kind === 'later') putOff.inc();
      if (settlement.kind !== 'done') return;
      images.inc({ outcome: settlement.outcome, code: '' });
      bytes.inc({ direction: 'in' }, settlement.bytesIn);
      bytes.inc({ direction: 'out' }, settlement.bytesOut);
    },
    stageStarted(stage) {
      const measure = stages.startTimer({ stage });
      running.inc({ stage });
      return () => {
        running.dec({ stage });
        measure();
      };
    },
    decoderLost: (reason) => restarts.inc({ reason }),
    webhookAttempted(result, seconds) {
      attempts.inc({ result });
      webhooks.observe(seconds);
    },
    orphansRemoved(files, bytes) {
      orphans.inc(files);
      orphanBytes.inc(bytes);
    },
    responded: (method, route, status, seconds) => http.observe({ method, route, status }, seconds),
    register(...gauges) {
      for (const gauge of gauges) registerGauge(gauge, registers);
    },
    async expose() {
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function registerGauge({ name, help, label, read }: GaugeSource, registers: Registry[]): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers,
    async collect() {
      const values = await inTime(read).catch(() => undefined);
      // Nothing rather than what was true once: an alert must not trust it.
      if (label === undefined) gauge.remove({});
      else gauge.reset();
      if (typeof values === 'number') gauge.set(values);
      else if (label) for (const [key, value] of Object.entries(values ?? {})) gauge.set({ [label]: key }, value);
    },
  });
}

async function inTime(read: () => Promise<Values> | Values): Promise<Values> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('late')), READ_MS);
  try {
    return await Promise.race([read(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
