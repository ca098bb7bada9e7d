import { createDeadline } from './deadline.ts';
import type { GuardedAgent } from './guarded-agent.ts';
import type { ResolveOptions } from './host-resolver.ts';
import { networkFailure } from './network-failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { drain, sendRequest } from './send-request.ts';

interface WebhookMessage extends ResolveOptions {
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
 * One POST; a redirect is a response like any other.
 * @throws ImageFailure where no response came; put off (counts as no try) where the host is not found yet
 */
export function sendWebhook(agent: GuardedAgent, userAgent: string, now: () => number, ms = WEBHOOK_MS): SendWebhook {
  return async (url, { headers, body, request, signal }) => {
    const deadline = createDeadline(signal);
    try {
      deadline.within('all', ms);
      const response = await sendRequest(agent, new URL(url), {
        method: 'POST',
        headers: { ...headers, 'user-agent': userAgent },
        body,
        request,
        signal: deadline.signal,
      });
      await drain(response);
      return {
        statusCode: response.statusCode,
        retryAfterMs: retryAfterMs(response.headers['retry-after'], now()) ?? null,
      };
    } catch (error) {
      throw networkFailure(deadline.signal.aborted ? deadline.signal.reason : error);
    } finally {
      deadline.end();
    }
  };
}
