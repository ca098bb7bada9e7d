import cors from '@fastify/cors';
import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';

export interface CrossOrigin {
  /** Origins whose pages may use the API; none: only our own. */
  corsOrigins: string[];
}

/** CORS: lets the pages of other origins use the API. */
export const crossOrigin = plugin(async (server: Server, { corsOrigins }: CrossOrigin) => {
  if (corsOrigins.length === 0) return;
  await server.register(cors, {
    origin: corsOrigins,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposedHeaders: ['location', 'retry-after'],
    // An OPTIONS that is no preflight is for other-methods.ts, which says what is allowed.
    strictPreflight: false,
    preflightContinue: true,
  });
});
