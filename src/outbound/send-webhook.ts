import type { Dispatcher } from 'undici';
import { createDeadline } from './deadline.ts';
import { drain, guardedFetch } from './guarded-fetch.ts';
import { networkFailure } from './network-failure.ts';
import { retryAfterMs } from './retry-after.ts';

interface WebhookMessage {
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}

export type SendWebhook = (
  url: string,
  message: WebhookMessage,
) => Promise<{ statusCode: number; retryAfterMs: number | null }>;

/** As Standard Webhooks 1.0.0 recommends ("timeouts"). */
const WEBHOOK_MS = 15_000;

/**
 * One POST; a redirect is an answer like any other.
 * @throws ImageFailure where no answer came
 */
export function sendWebhook(agent: Dispatcher, userAgent: string, now: () => number, ms = WEBHOOK_MS): SendWebhook {
  return async (url, { headers, body, signal }) => {
    const deadline = createDeadline(signal);
    try {
      deadline.within('all', ms);
      const answer = await guardedFetch(agent, new URL(url), {
        method: 'POST',
        headers: { ...headers, 'user-agent': userAgent },
        body,
        signal: deadline.signal,
        redirects: 0,
      });
      await drain(answer);
      return {
        statusCode: answer.statusCode,
        retryAfterMs: retryAfterMs(answer.headers['retry-after'], now()) ?? null,
      };
    } catch (error) {
      throw networkFailure(deadline.signal.aborted ? deadline.signal.reason : error);
    } finally {
      deadline.end();
    }
  };
}
