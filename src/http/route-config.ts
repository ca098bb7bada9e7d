// Brings `config.rateLimit`: false for a route that is not limited.
import type {} from '@fastify/rate-limit';

declare module 'fastify' {
  /** What a route says of itself, `config` beside its schema. Left out, each is the safe one: key, limit and log. */
  interface FastifyContextConfig {
    /**
     * `open`: no key is needed. `key`: one of a customer. `metrics`: one that may read them. `any`: one of a customer or of
     * an operator.
     */
    access?: 'key' | 'open' | 'metrics' | 'any';
    /** `any`: answered under every name, also where no keys are in use. */
    host?: 'own' | 'any';
    /** The bound of long answers that it counts against, for each customer. */
    readers?: 'archivesAtOnce' | 'eventStreamsAtOnce' | 'tablesAtOnce';
    /** `quiet`: no span, and where it is not refused no line of the log above the level `debug`. */
    log?: 'normal' | 'quiet';
  }
}

/** Asked for all the time, by machines and by every visitor of a shop. Nothing behind it is a secret by itself. */
export const PUBLIC_FILE = { access: 'open', rateLimit: false, log: 'quiet' } as const;

/** The same for what shops show on their own pages, and what a machine asks for by whatever name it knows. */
export const PUBLIC_UNDER_ANY_NAME = { ...PUBLIC_FILE, host: 'any' } as const;

/** Asked for by people who have no key yet. */
export const OPEN = { access: 'open' } as const;
