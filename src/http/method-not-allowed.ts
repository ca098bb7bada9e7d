import type { FastifyInstance } from 'fastify';
import { Problem } from '../domain/problem.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers 405 with `Allow` (RFC 9110 section 15.5.6) where a path is known, but not with the method of the call.
 * Call it before the first route; the function that it returns, after the last.
 */
export function refuseOtherMethods(server: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const path = url.replace(/(?<=.)\/$/, '');
    const methods = known.get(path) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    known.set(path, methods);
  });
  return () => {
    // A copy: the routes added here come past the hook as well.
    for (const [url, methods] of [...known]) {
      if (url.includes('*')) continue;
      const allow = [...methods].join(', ');
      server.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        exposeHeadRoute: false,
        schema: { hide: true },
        // Before the body is read.
        onRequest: async (_request, reply) => {
          reply.header('allow', allow);
          throw new Problem('method_not_allowed', `Allowed here: ${allow}.`);
        },
        handler: async () => undefined,
      });
    }
  };
}
