// Brings `config.rateLimit`: false for a route that is not limited.
import type {} from '@fastify/rate-limit';

declare module 'fastify' {
  /** What a route says of itself, `config` beside its schema. Left out, each is the safe one: key, limit and log. */
  interface FastifyContextConfig {
    /** `open`: no key is needed. */
    access?: 'key' | 'open';
    /** `quiet`: no span, and where it is not refused no line of the log above the level `debug`. */
    log?: 'normal' | 'quiet';
  }
}

/** Asked for all the time, by machines and by every visitor of a shop. Nothing behind it is a secret by itself. */
export const PUBLIC_FILE = { access: 'open', rateLimit: false, log: 'quiet' } as const;

/** Asked for by people who have no key yet. */
export const OPEN = { access: 'open' } as const;
