import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';

/**
 * Ends connections after their response once the server is closing. Fastify itself ends those that are idle at that
 * moment; the others would be kept open after their response, and hold a stop.
 */
export const closeConnections = plugin(async (server: Server) => {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onResponse', (_request, _reply, next) => {
    // The connection becomes idle after this hook.
    if (closing) setImmediate(() => server.server.closeIdleConnections());
    next();
  });
});
