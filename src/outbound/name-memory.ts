import { ImageFailure } from '../domain/failure.ts';

export interface Address {
  address: string;
  family: number;
}

/** What the last lookups of names came to: nobody asks twice within seconds, and who was put off finds the answer. */
export interface NameMemory {
  /** Addresses that are seconds old. */
  fresh(host: string): Address[] | undefined;
  /** Addresses that help out while nobody answers (RFC 8767, "Serving Stale Data"). */
  stale(host: string): Address[] | undefined;
  /** Why a lookup failed whose answer nobody could wait for; kept until it is asked for, and a little longer. */
  failure(host: string): ImageFailure | undefined;
  /** Whether the last lookup failed. */
  isDoubtful(host: string): boolean;
  found(host: string, addresses: Address[]): void;
  /** @param awaited whether somebody was put off, and comes back for the answer */
  failed(host: string, cause: unknown, awaited: boolean): void;
  forget(host: string): void;
}

const FRESH_MS = 30_000;
const STALE_MS = 300_000;
/** Names that are remembered at most. */
const REMEMBERED = 10_000;

type Outcome = { addresses: Address[]; at: number } | { cause: unknown; until: number };

/** @param againMs how long a failure holds for those who come for it together; then the name is asked for anew */
export function createNameMemory(againMs: number, now: () => number): NameMemory {
  const outcomes = new Map<string, Outcome>();

  function keep(host: string, outcome: Outcome): void {
    outcomes.delete(host);
    outcomes.set(host, outcome);
    const [oldest] = outcomes.keys();
    if (outcomes.size > REMEMBERED && oldest !== undefined) outcomes.delete(oldest);
  }

  function addresses(host: string, longest: number): Address[] | undefined {
    const outcome = outcomes.get(host);
    return outcome && 'addresses' in outcome && now() - outcome.at < longest ? outcome.addresses : undefined;
  }

  return {
    fresh: (host) => addresses(host, FRESH_MS),
    stale: (host) => addresses(host, STALE_MS),

    failure(host) {
      const outcome = outcomes.get(host);
      if (!outcome || 'addresses' in outcome || now() >= outcome.until) return undefined;
      outcome.until = Math.min(outcome.until, now() + againMs);
      return lookupFailure(outcome.cause, outcome.until - now());
    },

    isDoubtful(host) {
      const outcome = outcomes.get(host);
      return outcome !== undefined && !('addresses' in outcome);
    },

    found: (host, addresses) => keep(host, { addresses, at: now() }),

    failed(host, cause, awaited) {
      if (isMissing(cause)) outcomes.delete(host);
      if (awaited && !addresses(host, STALE_MS)) keep(host, { cause, until: now() + STALE_MS });
    },

    forget: (host) => void outcomes.delete(host),
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
