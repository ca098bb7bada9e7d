import { ImageFailure } from '../domain/failure.ts';

export interface Address {
  address: string;
  family: number;
}

/**
 * What the last lookups of host names came to, so that nobody asks twice within seconds, and so that whoever could not
 * wait for an answer finds it when coming back.
 */
export interface DnsCache {
  /** Addresses that are seconds old. */
  fresh(host: string): Address[] | undefined;
  /** Addresses that may be used while no name server answers (RFC 8767, "Serving Stale Data"). */
  stale(host: string): Address[] | undefined;
  /** Why the last lookup failed, where somebody could not wait for it; kept until it is read, and a little longer. */
  failure(host: string): ImageFailure | undefined;
  /** Whether the last lookup failed. */
  lastFailed(host: string): boolean;
  store(host: string, addresses: Address[]): void;
  /** @param expected whether somebody could not wait, and comes back for the outcome */
  storeFailure(host: string, cause: unknown, expected: boolean): void;
  delete(host: string): void;
}

const FRESH_MS = 30_000;
const STALE_MS = 300_000;
/** Names that are kept at most. */
const ENTRIES = 10_000;

type Entry = { addresses: Address[]; at: number } | { cause: unknown; until: number };

/** @param failureMs how long a failure holds for those who come for it together; then the name is asked for anew */
export function createDnsCache(failureMs: number, now: () => number): DnsCache {
  const entries = new Map<string, Entry>();

  function keep(host: string, entry: Entry): void {
    entries.delete(host);
    entries.set(host, entry);
    const [oldest] = entries.keys();
    if (entries.size > ENTRIES && oldest !== undefined) entries.delete(oldest);
  }

  function addresses(host: string, longest: number): Address[] | undefined {
    const entry = entries.get(host);
    return entry && 'addresses' in entry && now() - entry.at < longest ? entry.addresses : undefined;
  }

  return {
    fresh: (host) => addresses(host, FRESH_MS),
    stale: (host) => addresses(host, STALE_MS),

    failure(host) {
      const entry = entries.get(host);
      if (!entry || 'addresses' in entry || now() >= entry.until) return undefined;
      entry.until = Math.min(entry.until, now() + failureMs);
      return lookupFailure(entry.cause, entry.until - now());
    },

    lastFailed(host) {
      const entry = entries.get(host);
      return entry !== undefined && !('addresses' in entry);
    },

    store: (host, addresses) => keep(host, { addresses, at: now() }),

    storeFailure(host, cause, expected) {
      if (isMissing(cause)) entries.delete(host);
      if (expected && !addresses(host, STALE_MS)) keep(host, { cause, until: now() + STALE_MS });
    },

    delete: (host) => void entries.delete(host),
  };
}

/** @param cause what the lookup said; undefined where nothing was said in time */
export function lookupFailure(cause: unknown, retryAfterMs?: number): ImageFailure {
  const message = isMissing(cause) ? {} : { message: 'No name server gave an answer for the host name of the link.' };
  return new ImageFailure('dns_failed', { cause, ...message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Whether a lookup says that there is no such name, or no address for it; all else says that nobody could tell. */
export function isMissing(error: unknown): boolean {
  return /^(ENOTFOUND|ENODATA)$/.test(String((error as NodeJS.ErrnoException | undefined)?.code));
}
