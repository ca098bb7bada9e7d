import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import { clientNetwork } from '../client-network.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request that is refused before its route can count it, by the address that it comes from.
     * @throws Problem `too_many_calls`
     */
    countRefused: (request: FastifyRequest) => Promise<void>;
  }
}

export interface RequestLimit {
  /** Of one customer, or of one address where no key is shown; 0: any number. */
  requestsPerMinute: number;
}

/** Refuses further requests of one client within a minute, except on routes with `config: { rateLimit: false }`. */
export const limitRequests = plugin(async (server: Server, { requestsPerMinute }: RequestLimit) => {
  if (requestsPerMinute === 0) {
    server.decorate('countRefused', async () => undefined);
    return;
  }
  await server.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    hook: 'onRequest',
    keyGenerator: ({ owner, isOperator, ip }) => owner || (isOperator ? 'operator' : clientNetwork(ip)),
  });
  const count = server.createRateLimit();
  server.decorate('countRefused', async (request: FastifyRequest) => {
    const state = await count(request);
    if (state.isAllowed || !state.isExceeded) return;
    throw new Problem('too_many_calls', 'Too many calls without a right key from this address.', {
      retryAfterSeconds: state.ttlInSeconds,
    });
  });
});
