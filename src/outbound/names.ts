import { ImageFailure } from '../domain/failure.ts';
import { unlessAborted } from './deadline.ts';
import { type Address, createNameMemory, lookupFailure } from './name-memory.ts';

/** Finds all addresses of a name; the signal ends it. */
export type Lookup = (host: string, signal: AbortSignal) => Promise<Address[]>;

/** Who asks for a name. */
export interface Asker {
  /** Lookups are shared fairly over requests. */
  request?: number | undefined;
  /** Waits for a moment only: something else that others want is held meanwhile. */
  hurried?: boolean;
  signal: AbortSignal;
}

/**
 * Looks names up: few at once, so that no name server is overrun, and yet names that nobody answers for keep nobody
 * else waiting. Who has waited long enough is put off, which is no try, while the lookup goes on; who comes back finds
 * what it came to. And places are given up: by the request that holds the most for one that holds fewer, and by names
 * that hang for new ones.
 */
export interface Names {
  /**
   * @throws ImageFailure `dns_failed`: where the name was asked for it counts as a try, where there is no answer yet it
   * says when to come back; or the signal's reason
   */
  find(host: string, asker: Asker): Promise<Address[]>;
  /** What was found is of no use: the next one asks anew. */
  forget(host: string): void;
  /** Lookups that were begun a moment ago, that are late with their answer, and that wait for a place. */
  load(): { begun: number; late: number; waiting: number };
  close(): void;
}

/** How long an answer is waited for. */
const PATIENCE_MS = 1_500;
/** The same where a request waits for many names, where the last lookup failed, and for who is hurried. */
const MOMENT_MS = 150;
const MANY = 8;
/** Share of the places that names without an answer may hold while others want them. */
const MOST_HANGING = 3 / 4;
/** Who is put off sooner than this comes back after it. */
const SOON_MS = 1_000;

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
interface Question {
  host: string;
  request: number | undefined;
  begunAt: number | undefined;
  /** All who waited are put off. */
  late: boolean;
  /** Somebody was put off, and comes back for the answer. */
  awaited: boolean;
  /** For those who wait: the addresses, why there are none, or when to come back. */
  answer: PromiseWithResolvers<Address[]>;
  ended: AbortController;
}

export function createNames({ lookup, atOnce, lookupMs, now = () => performance.now() }: Settings): Names {
  const memory = createNameMemory(lookupMs, now);
  const questions = new Map<string, Question>();
  const closed = new AbortController();

  const isBegun = ({ begunAt }: Question) => begunAt !== undefined;
  const running = () => [...questions.values()].filter(isBegun);
  const late = () => running().filter((question) => question.late);
  const held = () => Map.groupBy(running(), ({ request }) => request);

  function ask(host: string, request: number | undefined): Question {
    const answer = Promise.withResolvers<Address[]>();
    // Nobody may be waiting for it any more.
    answer.promise.catch(() => undefined);
    const ended = new AbortController();
    const question = { host, request, begunAt: undefined, late: false, awaited: false, answer, ended };
    questions.set(host, question);
    let timer = setTimeout(() => {
      const others = [...questions.values()].filter((other) => other.request === request);
      if (others.length > MANY || memory.isDoubtful(host)) putOff(question);
      else timer = setTimeout(() => putOff(question), PATIENCE_MS - MOMENT_MS);
    }, MOMENT_MS);
    ended.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    if (mayBegin(question)) void begin(question);
    else if (isClogged(request)) putOff(question);
    return question;
  }

  /** Most of what the request has asked for hangs, so it gets places by and by only. */
  function isClogged(request: number | undefined): boolean {
    const own = held().get(request) ?? [];
    return own.filter((question) => question.late).length > own.length / 2;
  }

  /** Lets those go who wait. The lookup goes on for them; one that never began is given up. */
  function putOff(question: Question): void {
    question.late = true;
    question.answer.reject(comeBack(question));
    if (!isBegun(question)) end(question);
  }

  /** When to come back: soon at first, then when the lookup is over; later where it has no place. */
  function comeBack(question: Question): ImageFailure {
    const { begunAt } = question;
    question.awaited = true;
    const since = begunAt === undefined ? 0 : now() - begunAt;
    // A little behind the end, else it is missed by a moment.
    const left = Math.ceil(lookupMs - since + 100);
    const soon = since < SOON_MS ? Math.min(SOON_MS, left) : left;
    return new ImageFailure('dns_failed', {
      countsAsTry: false,
      retryAfterMs: begunAt === undefined ? 2 * lookupMs : soon,
    });
  }

  /** Whether there is a place, be it one that somebody gives up. */
  function mayBegin({ request }: Question): boolean {
    if (running().length < atOnce) return true;
    const leaving = leavingFor(request);
    if (!leaving) return false;
    putOff(leaving);
    end(leaving);
    return true;
  }

  /** The youngest of the request that holds the most, unless this one holds as many; or of those that hang. */
  function leavingFor(request: number | undefined): Question | undefined {
    const shares = held();
    const [most = []] = [...shares.values()].sort((a, b) => b.length - a.length);
    if (most.length > (shares.get(request)?.length ?? 0) + 1) return most.at(-1);
    const hanging = late();
    return hanging.length > MOST_HANGING * atOnce ? hanging.at(-1) : undefined;
  }

  async function begin(question: Question): Promise<void> {
    const { host, answer, ended } = question;
    question.begunAt = now();
    const timer = setTimeout(() => ended.abort(), lookupMs);
    try {
      const addresses = await unlessAborted(ended.signal, lookup(host, ended.signal));
      memory.found(host, addresses);
      answer.resolve(addresses);
    } catch (error) {
      // Given up for another one: nobody knows whether there would have been an answer.
      if (questions.get(host) !== question) return;
      const cause = ended.signal.aborted ? undefined : error;
      memory.failed(host, cause, question.awaited);
      answer.reject(lookupFailure(cause));
    } finally {
      clearTimeout(timer);
      end(question);
      beginNext();
    }
  }

  function end(question: Question): void {
    if (questions.get(question.host) === question) questions.delete(question.host);
    question.ended.abort();
  }

  /** A place is free: for the request that holds the fewest. */
  function beginNext(): void {
    const shares = held();
    const share = ({ request }: Question) => shares.get(request)?.length ?? 0;
    const waiting = [...questions.values()].filter((question) => !isBegun(question));
    const next = waiting.reduce<Question | undefined>((a, b) => (a && share(a) <= share(b) ? a : b), undefined);
    if (next && running().length < atOnce) void begin(next);
  }

  return {
    async find(host, { request, signal, hurried }) {
      signal.throwIfAborted();
      closed.signal.throwIfAborted();
      const known = memory.fresh(host);
      if (known) return known;
      const failure = memory.failure(host);
      if (failure) throw failure;
      const question = questions.get(host) ?? ask(host, request);
      const waiting = hurried ? AbortSignal.any([signal, AbortSignal.timeout(MOMENT_MS)]) : signal;
      try {
        if (question.late) throw comeBack(question);
        return await unlessAborted(waiting, question.answer.promise);
      } catch (error) {
        signal.throwIfAborted();
        const helpful = memory.stale(host);
        if (helpful) return helpful;
        throw error instanceof ImageFailure ? error : comeBack(question);
      }
    },

    forget: memory.forget,

    load() {
      const [begun, hanging] = [running().length, late().length];
      return { begun: begun - hanging, late: hanging, waiting: questions.size - begun };
    },

    close() {
      closed.abort();
      for (const question of questions.values()) {
        putOff(question);
        end(question);
      }
    },
  };
}
