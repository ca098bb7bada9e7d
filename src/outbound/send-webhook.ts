import { createDeadline } from './deadline.ts';
import type { GuardedAgent } from './guarded-agent.ts';
import { drain, guardedFetch } from './guarded-fetch.ts';
import type { Asker } from './names.ts';
import { networkFailure } from './network-failure.ts';
import { retryAfterMs } from './retry-after.ts';

interface WebhookMessage extends Asker {
  headers: Record<string, string>;
  body: string;
}

export type SendWebhook = (
  url: string,
  message: WebhookMessage,
) => Promise<{ statusCode: number; retryAfterMs: number | null }>;

/** As Standard Webhooks 1.0.0 recommends ("timeouts"). */
const WEBHOOK_MS = 15_000;

/**
 * One POST; a redirect is an answer like any other.
 * @throws ImageFailure where no answer came, or is put off (counts as no try) where the host is not found yet
 */
export function sendWebhook(agent: GuardedAgent, userAgent: string, now: () => number, ms = WEBHOOK_MS): SendWebhook {
  return async (url, { headers, body, request, signal }) => {
    const deadline = createDeadline(signal);
    try {
      deadline.within('all', ms);
      const answer = await guardedFetch(agent, new URL(url), {
        method: 'POST',
        headers: { ...headers, 'user-agent': userAgent },
        body,
        request,
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
