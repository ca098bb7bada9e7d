import type { Dispatcher } from 'undici';
import { type FailureCode, ImageFailure } from '../domain/failure.ts';

export interface FetchOptions {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Ends the call, whatever it is doing. */
  signal: AbortSignal;
  /** Most redirects that are followed; 0 hands the redirect itself back. */
  redirects: number;
}

export type Answer = Dispatcher.ResponseData;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** What is read of an answer that nobody wants, to keep its connection usable; above it the connection is dropped. */
const DRAINED_BYTES = 16_384;

/**
 * One HTTP call to an address that a user gave, redirects included; each hop is checked like the first.
 * @param agent from `createGuardedAgent`, which checks the addresses that are connected to
 * @throws ImageFailure `address_refused`, `too_many_redirects`, `invalid_url`, and errors of undici
 */
export async function guardedFetch(agent: Dispatcher, url: URL, options: FetchOptions): Promise<Answer> {
  const { method, headers, body, signal, redirects } = options;
  let here = url;
  for (let hop = 0; ; hop++) {
    const reason = refusal(here);
    if (reason) throw new ImageFailure(reason);
    const answer = await agent.request({
      origin: here.origin,
      path: here.pathname + here.search,
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const location = answer.headers.location;
    if (redirects === 0 || !REDIRECTS.has(answer.statusCode) || typeof location !== 'string') return answer;
    await drain(answer);
    if (hop === redirects) throw new ImageFailure('too_many_redirects');
    // Header bytes come as Latin-1; hosts write UTF-8 into them.
    const next = URL.parse(Buffer.from(location, 'latin1').toString(), here.href);
    if (!next) throw new ImageFailure('bad_response', { retry: false });
    // Whoever listens on the plain connection could swap the image (RFC 9110 section 15.4 leaves it to the client).
    if (here.protocol === 'https:' && next.protocol === 'http:') throw new ImageFailure('address_refused');
    here = next;
  }
}

/** Why an address is not even looked up. */
export function refusal(url: URL): FailureCode | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'address_refused';
  // User info hides where a link leads, and sends secrets along.
  if (url.username !== '' || url.password !== '') return 'address_refused';
  return url.hostname === '' || url.port === '0' ? 'invalid_url' : undefined;
}

/** Reads the rest of an answer so that its connection can be used again. */
export async function drain({ body }: Answer): Promise<void> {
  await body.dump({ limit: DRAINED_BYTES }).catch(() => undefined);
}
