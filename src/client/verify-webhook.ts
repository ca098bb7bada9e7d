import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { PixmillError } from './error.ts';
import type { Status } from './types.ts';

/** What a webhook says: a request is finished. */
export interface WebhookEvent {
  /** `request.failed`: not a single image is done. */
  type: 'request.completed' | 'request.failed';
  timestamp: string;
  /** The same as in `data`. */
  request_id: string;
  status: Status['status'];
  data: Status & { download_url: string };
}

/** As `fetch` has them, or Node's `http`. */
export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

/**
 * Checks that a webhook comes from the server that has the secret (Standard Webhooks 1.0.0), and is no older than five
 * minutes.
 * @param body the text as it was received, not parsed and written again
 * @param secret `whsec_…`, as `pixmill secret` prints it
 * @throws PixmillError `invalid_signature`
 */
export function verifyWebhook(body: string, headers: WebhookHeaders, secret: string): WebhookEvent {
  const entries = headers instanceof Headers ? headers : Object.entries(headers);
  const given = Object.fromEntries([...entries].map(([name, value]) => [name, String(value ?? '')]));
  const webhook = new Webhook(secret);
  try {
    return webhook.verify(body, given) as WebhookEvent;
  } catch (cause) {
    if (!(cause instanceof WebhookVerificationError)) throw cause;
    throw new PixmillError('invalid_signature', `The webhook is not genuine: ${cause.message}.`, { cause });
  }
}
