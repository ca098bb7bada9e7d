import type { FailureCode } from '../domain/catalogues/failures.ts';
import { ImageFailure, tooManyRedirects } from '../domain/failure.ts';
import type { Answer, GuardedAgent } from './guarded-agent.ts';
import type { Asker } from './names.ts';

export interface FetchOptions extends Asker {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Ends the call, whatever it is doing. */
  signal: AbortSignal;
  /** Most redirects that are followed; 0 hands the redirect itself back. */
  redirects: number;
  /** Before a redirect is followed. @throws what ends the call */
  onRedirect?(next: URL): void;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** What is read of an answer that nobody wants, to keep its connection usable; above it the connection is dropped. */
const DRAINED_BYTES = 16_384;

/**
 * One HTTP call to an address that a user gave, redirects included; each hop is checked like the first.
 * @param agent checks the addresses that are connected to
 * @throws ImageFailure `address_refused`, `too_many_redirects`, `invalid_url`, what `admit` throws, and errors of undici
 */
export async function guardedFetch(agent: GuardedAgent, url: URL, options: FetchOptions): Promise<Answer> {
  const { method, headers, body, signal, redirects } = options;
  let here = url;
  for (let hop = 0; ; hop++) {
    // Slots and places are held from here on.
    await admit(agent, here, { ...options, hurried: true });
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
    if (hop === redirects) throw tooManyRedirects(redirects);
    // Header bytes come as Latin-1; hosts write UTF-8 into them.
    const next = URL.parse(Buffer.from(location, 'latin1').toString(), here.href);
    if (!next) throw new ImageFailure('bad_response', { retry: false });
    // Whoever listens on the plain connection could swap the image (RFC 9110 section 15.4 leaves it to the client).
    if (here.protocol === 'https:' && next.protocol === 'http:') throw new ImageFailure('address_refused');
    options.onRedirect?.(next);
    here = next;
  }
}

/**
 * Looks the host of an address up, so that a call to it need not wait for a name server.
 * @throws ImageFailure where it may not be called, or is not found, or not yet
 */
export async function admit(agent: GuardedAgent, url: URL, asker: Asker): Promise<void> {
  const reason = refusal(url);
  if (reason) throw new ImageFailure(reason);
  await agent.find(url, asker);
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
