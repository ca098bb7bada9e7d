import type { FailureCode } from '../domain/catalogues/failures.ts';
import { ImageFailure } from '../domain/failure.ts';

/**
 * A host as one customer's downloads meet it. What a host did to one customer's links says nothing about another's:
 * whoever may name links could otherwise stop other customers' downloads from any host.
 */
export interface Target {
  /** Host name and port. */
  host: string;
  /** '' where no keys are in use. */
  customer: string;
}

/**
 * A circuit breaker: spares hosts that do not answer, so that a dead one costs its images seconds instead of hours.
 *
 *   closed ── 8 failures in a row ──▶ open ── 3 failed probes in a row ──▶ dead ── 5 minutes ──▶ open
 *     ▲                                │
 *     └──────── any success ───────────┘
 *
 * open: one download at a time is let through as a probe, after a growing pause; the others are put off.
 * dead: every image of the host fails at once.
 * A host that asks for fewer requests (429 with Retry-After) is held until then: its images are put off, no more.
 */
export interface HostBreaker {
  /**
   * Asks before a download.
   * @returns to be called when it is over, also where it said nothing about the host: another may be the probe then
   * @throws ImageFailure with the host's last code: put off (counts as no try) or, for a dead host, for good
   */
  acquire(target: Target): () => void;
  /** Any response came, be it a refusal or a redirect. */
  succeeded(target: Target): void;
  /** No response came at all: no address, no connection, no first byte. */
  failed(target: Target, code: FailureCode): void;
  hold(target: Target, ms: number): void;
  /** How many hosts are left alone for now, and how many are given up. */
  troubled(): { resting: number; dead: number };
}

const FAILURES_TO_OPEN = 8;
const PROBE_PAUSES_MS = [5_000, 10_000, 20_000];
const DEAD_MS = 300_000;
/** Targets that are kept at most; those that succeed are forgotten. */
const TARGETS = 10_000;

const NO_PROBE = () => undefined;

interface State {
  host: string;
  code: FailureCode;
  failures: number;
  /** Probes that failed. */
  probes: number;
  /** Nothing is let through before this time. */
  until: number;
  probing: boolean;
}

export function createHostBreaker(now: () => number): HostBreaker {
  const states = new Map<string, State>();

  function stateOf(target: Target, code: FailureCode): State {
    const key = targetKey(target);
    const known = states.get(key);
    if (known) return known;
    const [oldest] = states.keys();
    if (states.size >= TARGETS && oldest !== undefined) states.delete(oldest);
    const state = { host: target.host, code, failures: 0, probes: 0, until: 0, probing: false };
    states.set(key, state);
    return state;
  }

  return {
    acquire(target) {
      const state = states.get(targetKey(target));
      if (!state) return NO_PROBE;
      const wait = state.until - now();
      if (state.failures < FAILURES_TO_OPEN && wait <= 0) return NO_PROBE;
      const dead = state.probes >= PROBE_PAUSES_MS.length;
      if (dead && wait > 0) {
        const message = `Not downloaded: ${state.host} gave no answer to the downloads before this one.`;
        throw new ImageFailure(state.code, { retry: false, message });
      }
      if (wait > 0 || state.probing) {
        const pause = PROBE_PAUSES_MS[state.probes] ?? DEAD_MS;
        throw new ImageFailure(state.code, {
          retry: true,
          countsAsTry: false,
          retryAfterMs: Math.max(wait, 0) || pause,
        });
      }
      state.probing = true;
      return () => {
        state.probing = false;
      };
    },

    succeeded(target) {
      states.delete(targetKey(target));
    },

    failed(target, code) {
      const state = stateOf(target, code);
      state.code = code;
      state.failures++;
      if (state.probing) {
        state.probing = false;
        state.probes++;
      }
      if (state.failures < FAILURES_TO_OPEN) return;
      // Downloads that were under way when it opened change nothing more.
      const pause = PROBE_PAUSES_MS[state.probes] ?? DEAD_MS;
      state.until = Math.max(state.until, now() + pause);
    },

    hold(target, ms) {
      const state = stateOf(target, 'http_429');
      state.until = Math.max(state.until, now() + ms);
    },

    troubled() {
      const waiting = [...states.values()].filter(({ until }) => until > now());
      const dead = waiting.filter(({ probes }) => probes >= PROBE_PAUSES_MS.length).length;
      return { resting: waiting.length - dead, dead };
    },
  };
}

/** A key for maps: neither part holds a space. */
export const targetKey = ({ host, customer }: Target) => `${host} ${customer}`;
