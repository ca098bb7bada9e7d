import type { FailureCode } from '../domain/catalogues/failures.ts';
import { ImageFailure } from '../domain/failure.ts';
import type { GuardedAgent, HttpResponse } from './guarded-agent.ts';
import type { ResolveOptions } from './host-resolver.ts';

export interface RequestOptions extends ResolveOptions {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Ends the request, whatever it is doing. */
  signal: AbortSignal;
}

/** What is read of a response that nobody wants, to keep its connection usable; above it the connection is dropped. */
const DRAINED_BYTES = 16_384;
/** How long that may take. */
const DRAIN_MS = 1_000;

/**
 * One HTTP request to an address that a user gave. A redirect is a response like any other.
 * @throws ImageFailure where the address may not be called, or is not found, or not yet; errors of undici
 */
export async function sendRequest(agent: GuardedAgent, url: URL, options: RequestOptions): Promise<HttpResponse> {
  const { method, headers, body, signal } = options;
  await resolveChecked(agent, url, { ...options, brief: true });
  return agent.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers,
    signal,
    ...(body === undefined ? {} : { body }),
  });
}

/**
 * Looks the host of a link up and checks where it leads, so that a request to it need not wait for a name server.
 * @throws ImageFailure where it may not be called, or is not found, or not yet
 */
export async function resolveChecked(agent: GuardedAgent, url: URL, options: ResolveOptions): Promise<string[]> {
  const reason = refusal(url);
  if (reason) throw new ImageFailure(reason);
  return agent.resolve(url, options);
}

/** Why an address is not even looked up. */
export function refusal(url: URL): FailureCode | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'address_refused';
  // User info hides where a link leads, and sends secrets along.
  if (url.username !== '' || url.password !== '') return 'address_refused';
  return url.hostname === '' || url.port === '0' ? 'invalid_url' : undefined;
}

/** Reads the rest of a response so that its connection can be used again; a slow rest is cut off. */
export async function drain({ body }: HttpResponse): Promise<void> {
  const timer = setTimeout(() => body.destroy(), DRAIN_MS);
  await body.dump({ limit: DRAINED_BYTES }).catch(() => undefined);
  clearTimeout(timer);
}
