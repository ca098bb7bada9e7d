import type { FailureCode } from '../domain/catalogues/failures.ts';
import { ImageFailure } from '../domain/failure.ts';

/**
 * Spares hosts that do not answer, so that a dead one costs its images seconds instead of hours.
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
  enter(host: string): () => void;
  succeeded(host: string): void;
  /** No answer at all came: no address, no connection, no first byte. */
  failed(host: string, code: FailureCode): void;
  hold(host: string, ms: number): void;
  /** How many hosts are left alone for now, and how many are given up. */
  troubled(): { resting: number; dead: number };
}

const FAILURES_TO_OPEN = 8;
const PROBE_PAUSES_MS = [5_000, 10_000, 20_000];
const DEAD_MS = 300_000;
/** Hosts that are remembered at most; those that succeed are forgotten. */
const HOSTS = 10_000;

const NO_PROBE = () => undefined;

interface HostState {
  code: FailureCode;
  failures: number;
  /** Probes that failed. */
  probes: number;
  /** Nothing is let through before this time. */
  until: number;
  probing: boolean;
}

export function createHostBreaker(now: () => number): HostBreaker {
  const hosts = new Map<string, HostState>();

  function stateOf(host: string, code: FailureCode): HostState {
    const known = hosts.get(host);
    if (known) return known;
    const [oldest] = hosts.keys();
    if (hosts.size >= HOSTS && oldest !== undefined) hosts.delete(oldest);
    const state = { code, failures: 0, probes: 0, until: 0, probing: false };
    hosts.set(host, state);
    return state;
  }

  return {
    enter(host) {
      const state = hosts.get(host);
      if (!state) return NO_PROBE;
      const wait = state.until - now();
      if (state.failures < FAILURES_TO_OPEN && wait <= 0) return NO_PROBE;
      const dead = state.probes >= PROBE_PAUSES_MS.length;
      if (dead && wait > 0) throw new ImageFailure(state.code, { retry: false });
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

    succeeded(host) {
      hosts.delete(host);
    },

    failed(host, code) {
      const state = stateOf(host, code);
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

    hold(host, ms) {
      const state = stateOf(host, 'http_429');
      state.until = Math.max(state.until, now() + ms);
    },

    troubled() {
      const waiting = [...hosts.values()].filter(({ until }) => until > now());
      const dead = waiting.filter(({ probes }) => probes >= PROBE_PAUSES_MS.length).length;
      return { resting: waiting.length - dead, dead };
    },
  };
}
