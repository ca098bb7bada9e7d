import rateLimit from '@fastify/rate-limit';
import type { Server } from './http-tools.ts';

/** Images are cached by whoever shows them, and asked for by many at once. */
const UNLIMITED = /^\/(?:api\/image\/|assets\/|health|ready|metrics)/;

/** Refuses the calls of one key, or of one address where no keys are in use, above so many a minute; 0: none. */
export async function limitCalls(server: Server, callsPerMinute: number): Promise<void> {
  if (callsPerMinute === 0) return;
  await server.register(rateLimit, {
    max: callsPerMinute,
    timeWindow: 60_000,
    hook: 'onRequest',
    keyGenerator: ({ owner, ip }) => owner || ip,
    allowList: ({ url }) => UNLIMITED.test(url),
  });
}
