import { Webhook } from 'standardwebhooks';
import { ImageFailure } from '../domain/failure.ts';
import { LONGEST_WEBHOOK_PAUSE_MS, WEBHOOK_PAUSES_MS } from '../domain/retry.ts';
import { statusObject } from '../domain/status-object.ts';
import type { Attempt, PipelineObserver } from './ports/pipeline-observer.ts';
import type { JobOf, JobResult } from './ports/queue.ts';
import type { DeliveryStore } from './ports/store/deliveries.ts';
import type { Delivery, RequestRecord } from './ports/store/records.ts';

export interface WebhookContext {
  store: Pick<DeliveryStore, 'findDelivery' | 'recordAttempt'>;
  /** One POST, redirects not followed. @throws ImageFailure where no answer came, or where it is put off */
  sendWebhook(
    url: string,
    message: { headers: Record<string, string>; body: string; request: number; signal: AbortSignal },
  ): Promise<{ statusCode: number; retryAfterMs: number | null }>;
  /** Waits until a host may get one more webhook. @returns what tells that it has got it. @throws the signal's reason */
  receivers: { acquire(host: string, signal: AbortSignal): Promise<() => void> };
  /** `whsec_…`; each makes a signature, for the owner of a request. */
  secrets(owner: string): string[];
  /** Base of our own addresses for a request that does not know the one it was uploaded at. */
  publicUrl: string;
  now(): number;
  /** 0 to 1. */
  random(): number;
  observer: Pick<PipelineObserver, 'webhook'>;
}

/**
 * One attempt at a webhook, as Standard Webhooks 1.0.0 has it: 2xx is success, 410 ends the schedule, anything else is
 * tried again. An attempt that our own stop cuts off, or that is put off, is not recorded and uses up no step.
 */
export async function deliverWebhook(
  job: JobOf<'webhook'>,
  context: WebhookContext,
  signal: AbortSignal,
): Promise<JobResult> {
  const found = await context.store.findDelivery(job.request, job.delivery);
  if (found?.delivery.state !== 'waiting') return 'finished';
  const { delivery, record, owner } = found;

  let release: () => void;
  try {
    release = await context.receivers.acquire(new URL(delivery.url).host, signal);
  } catch {
    return { snooze: 0 };
  }
  const at = context.now();
  const observed = context.observer.webhook(delivery, record);
  let attempt: Attempt;
  try {
    attempt = await send(delivery, record, { at, owner }, context, signal);
    observed.ended(attempt);
  } catch (error) {
    observed.failed(error);
    if (!(error instanceof ImageFailure)) throw error;
    // Not even asked yet: others have their turn meanwhile.
    return { snooze: error.retryAfterMs ?? 0 };
  } finally {
    release();
  }
  if (signal.aborted && attempt.statusCode === null) return { snooze: 0 };

  const next = afterAttempt(delivery, attempt, context.random());
  const endedAt = context.now();
  const { webhookId, url } = delivery;
  const { statusCode, error } = attempt;
  const nextAt = next.pauseMs === null ? null : endedAt + next.pauseMs;
  await context.store.recordAttempt(
    { ...delivery, step: delivery.step + 1, state: next.state },
    { webhookId, url, state: next.state, at, durationMs: endedAt - at, statusCode, error, nextAt },
  );
  return next.pauseMs === null ? 'finished' : { snooze: next.pauseMs };
}

/** @throws ImageFailure where the attempt is put off */
async function send(
  { request, webhookId, url }: Delivery,
  record: RequestRecord,
  { at, owner }: { at: number; owner: string },
  context: WebhookContext,
  signal: AbortSignal,
): Promise<Attempt> {
  const body = webhookBody(record, record.publicUrl ?? context.publicUrl);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    // Receivers take a message where one of them is right ("signature scheme" of the standard).
    'webhook-signature': context
      .secrets(owner)
      .map((secret) => new Webhook(secret).sign(webhookId, new Date(at), body))
      .join(' '),
  };
  try {
    return { ...(await context.sendWebhook(url, { headers, body, request, signal })), error: null };
  } catch (error) {
    if (!(error instanceof ImageFailure) || !error.countsAsTry) throw error;
    return { statusCode: null, retryAfterMs: error.retryAfterMs ?? null, error: error.code };
  }
}

/** The same text on every attempt as long as the request does not change. */
function webhookBody(record: RequestRecord, publicUrl: string): string {
  const finishedAt = record.finishedAt ?? record.updatedAt;
  const status = statusObject(record, publicUrl, finishedAt);
  return JSON.stringify({
    type: record.status === 'Completed' ? 'request.completed' : 'request.failed',
    timestamp: new Date(finishedAt).toISOString(),
    // Older receivers look for these beside `type`, not within `data`.
    request_id: status.request_id,
    status: status.status,
    data: status,
  });
}

/** @param random 0 to 1 */
function afterAttempt(
  { step }: Delivery,
  { statusCode, retryAfterMs }: Attempt,
  random: number,
): { state: Delivery['state']; pauseMs: number | null } {
  if (statusCode !== null && statusCode >= 200 && statusCode < 300) return { state: 'delivered', pauseMs: null };
  const pause = WEBHOOK_PAUSES_MS[step + 1];
  // 410: the receiver has said that it wants no more.
  if (statusCode === 410 || pause === undefined) return { state: 'given_up', pauseMs: null };
  // Up to a tenth more, so that receivers which came back are not hit by all messages at once.
  const spread = pause * (1 + random / 10);
  const pauseMs = Math.round(Math.min(Math.max(spread, retryAfterMs ?? 0), LONGEST_WEBHOOK_PAUSE_MS));
  return { state: 'waiting', pauseMs };
}
