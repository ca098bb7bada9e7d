import { ImageFailure } from '../domain/failure.ts';
import { unlessAborted } from './deadline.ts';
import { type Address, createDnsCache, lookupFailure } from './dns-cache.ts';

/** Finds all addresses of a name; the signal ends it. */
export type Lookup = (host: string, signal: AbortSignal) => Promise<Address[]>;

export interface ResolveOptions {
  /** Lookups are shared fairly over requests. */
  request?: number | undefined;
  /** Waits only briefly: the caller holds a connection that others want. */
  brief?: boolean;
  signal: AbortSignal;
}

/**
 * Looks host names up: few at once, so that no name server is overrun, and yet names that no server answers for delay
 * nobody else. Callers that have waited long enough are put off, which is no try, while the lookup goes on; they find its
 * outcome when they come back. Where all places are taken, the request that holds the most gives one up for a request
 * that holds fewer, and names that hang give theirs up for new ones.
 */
export interface HostResolver {
  /**
   * @throws ImageFailure `dns_failed`: it counts as a try where the name was asked for, and says when to come back where
   * there is no answer yet; or the signal's reason
   */
  resolve(host: string, options: ResolveOptions): Promise<Address[]>;
  /** The addresses were of no use: the next caller asks anew. */
  forget(host: string): void;
  /** Lookups that were begun a moment ago, that are late with their answer, and that wait for a place. */
  load(): { begun: number; late: number; waiting: number };
  close(): void;
}

/** How long callers wait for an answer. */
const WAIT_MS = 1_500;
/** The same where a request waits for many names, where the last lookup failed, and for brief callers. */
const BRIEF_WAIT_MS = 150;
const MANY = 8;
/** Share of the places that names without an answer may hold while others want them. */
const MOST_HANGING = 3 / 4;
/** Callers that are put off sooner than this come back after it. */
const SOON_MS = 1_000;
/** A lookup whose end is noticed later than this was held up by our own process, not by a name server. */
const STALL_MS = 2_000;

interface Settings {
  lookup: Lookup;
  /** Lookups at once. */
  atOnce: number;
  /** Longest lookup. */
  lookupMs: number;
  /** Of a clock that does not jump. */
  now?: () => number;
}

/** A name that is being looked up, or waits for a place. */
interface Query {
  host: string;
  request: number | undefined;
  startedAt: number | undefined;
  /** All who waited are put off. */
  late: boolean;
  /** Somebody was put off, and comes back for the outcome. */
  expected: boolean;
  /** For those who wait: the addresses, why there are none, or when to come back. */
  result: PromiseWithResolvers<Address[]>;
  ended: AbortController;
}

export function createHostResolver(settings: Settings): HostResolver {
  const { lookup, atOnce, lookupMs, now = () => performance.now() } = settings;
  const cache = createDnsCache(lookupMs, now);
  const queries = new Map<string, Query>();
  const closed = new AbortController();

  const isStarted = ({ startedAt }: Query) => startedAt !== undefined;
  const running = () => [...queries.values()].filter(isStarted);
  const late = () => running().filter((query) => query.late);
  const byRequest = () => Map.groupBy(running(), ({ request }) => request);

  function open(host: string, request: number | undefined): Query {
    const result = Promise.withResolvers<Address[]>();
    // Nobody may be waiting for it any more.
    result.promise.catch(() => undefined);
    const ended = new AbortController();
    const query = { host, request, startedAt: undefined, late: false, expected: false, result, ended };
    queries.set(host, query);
    let timer = setTimeout(() => {
      const own = [...queries.values()].filter((other) => other.request === request);
      if (own.length > MANY || cache.lastFailed(host)) putOff(query);
      else timer = setTimeout(() => putOff(query), WAIT_MS - BRIEF_WAIT_MS);
    }, BRIEF_WAIT_MS);
    ended.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    if (takePlace(query)) void start(query);
    else if (mostlyHangs(request)) putOff(query);
    return query;
  }

  /** Most of what the request has asked for hangs, so it gets places one by one only. */
  function mostlyHangs(request: number | undefined): boolean {
    const own = byRequest().get(request) ?? [];
    return own.filter((query) => query.late).length > own.length / 2;
  }

  /** Lets those go who wait. The lookup goes on for them; one that never started is given up. */
  function putOff(query: Query): void {
    query.late = true;
    query.result.reject(notYet(query));
    if (!isStarted(query)) end(query);
  }

  /** Says when to come back: soon at first, then when the lookup is over; later where it has no place. */
  function notYet(query: Query): ImageFailure {
    const { startedAt } = query;
    query.expected = true;
    const since = startedAt === undefined ? 0 : now() - startedAt;
    // A little after the end, or it is missed by a moment.
    const left = Math.max(Math.ceil(lookupMs - since + 100), 100);
    const soon = since < SOON_MS ? Math.min(SOON_MS, left) : left;
    return new ImageFailure('dns_failed', {
      countsAsTry: false,
      retryAfterMs: startedAt === undefined ? 2 * lookupMs : soon,
    });
  }

  /** Whether there is a place, or one that another query gives up. */
  function takePlace({ request }: Query): boolean {
    if (running().length < atOnce) return true;
    const leaving = queryToEnd(request);
    if (!leaving) return false;
    putOff(leaving);
    end(leaving);
    return true;
  }

  /** The youngest of the request that holds the most, unless this one holds as many; or of those that hang. */
  function queryToEnd(request: number | undefined): Query | undefined {
    const shares = byRequest();
    const [most = []] = [...shares.values()].sort((a, b) => b.length - a.length);
    if (most.length > (shares.get(request)?.length ?? 0) + 1) return most.at(-1);
    const hanging = late();
    return hanging.length > MOST_HANGING * atOnce ? hanging.at(-1) : undefined;
  }

  async function start(query: Query): Promise<void> {
    const { host, result, ended } = query;
    const startedAt = now();
    query.startedAt = startedAt;
    const timer = setTimeout(() => ended.abort(), lookupMs);
    try {
      const addresses = await unlessAborted(ended.signal, lookup(host, ended.signal));
      cache.store(host, addresses);
      result.resolve(addresses);
    } catch (error) {
      // Given up for another one: nobody knows whether there would have been an answer.
      if (queries.get(host) !== query) return;
      // The process was suspended: the answer may have come and gone meanwhile.
      if (now() - startedAt > lookupMs + STALL_MS) return putOff(query);
      const cause = ended.signal.aborted ? undefined : error;
      cache.storeFailure(host, cause, query.expected);
      result.reject(lookupFailure(cause));
    } finally {
      clearTimeout(timer);
      end(query);
      startNext();
    }
  }

  function end(query: Query): void {
    if (queries.get(query.host) === query) queries.delete(query.host);
    query.ended.abort();
  }

  /** A place is free: for the request that holds the fewest. */
  function startNext(): void {
    const shares = byRequest();
    const share = ({ request }: Query) => shares.get(request)?.length ?? 0;
    const waiting = [...queries.values()].filter((query) => !isStarted(query));
    const next = waiting.reduce<Query | undefined>((a, b) => (a && share(a) <= share(b) ? a : b), undefined);
    if (next && running().length < atOnce) void start(next);
  }

  return {
    async resolve(host, { request, signal, brief }) {
      signal.throwIfAborted();
      closed.signal.throwIfAborted();
      const known = cache.fresh(host);
      if (known) return known;
      const failure = cache.failure(host);
      if (failure) throw failure;
      const query = queries.get(host) ?? open(host, request);
      const waiting = brief ? AbortSignal.any([signal, AbortSignal.timeout(BRIEF_WAIT_MS)]) : signal;
      try {
        if (query.late) throw notYet(query);
        return await unlessAborted(waiting, query.result.promise);
      } catch (error) {
        signal.throwIfAborted();
        const helpful = cache.stale(host);
        if (helpful) return helpful;
        throw error instanceof ImageFailure ? error : notYet(query);
      }
    },

    forget: cache.delete,

    load() {
      const [started, hanging] = [running().length, late().length];
      return { begun: started - hanging, late: hanging, waiting: queries.size - started };
    },

    close() {
      closed.abort();
      for (const query of queries.values()) {
        putOff(query);
        end(query);
      }
    },
  };
}
