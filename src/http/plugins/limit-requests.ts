import rateLimit from '@fastify/rate-limit';
import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

export interface RequestLimit {
  /** Of one key, or of one address where no keys are in use; 0: any number. */
  requestsPerMinute: number;
}

/** Refuses further requests of one client within a minute, except on routes with `config: { rateLimit: false }`. */
export const limitRequests = plugin(async (server: Server, { requestsPerMinute }: RequestLimit) => {
  if (requestsPerMinute === 0) return;
  await server.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    hook: 'onRequest',
    keyGenerator: ({ owner, ip }) => owner || ip,
  });
});
