import type { RouteOptions } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import { OPEN } from '../route-config.ts';
import type { Server } from '../server-type.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Where a path is known: 204 with `Allow` for OPTIONS (RFC 9110 section 9.3.7), 405 with `Allow` for a method that the
 * path does not have (section 15.5.6). To be registered after the last route.
 */
export const otherMethods = plugin(async (server: Server) => {
  // A copy: the routes added here come into the table as well.
  for (const [url, routes] of [...server.routeTable]) {
    if (url.includes('*')) continue;
    const methods = new Set(routes.flatMap(({ method }) => method));
    const allow = [...methods, 'OPTIONS'].join(', ');
    const hidden = { url, exposeHeadRoute: false, schema: { hide: true }, handler: async () => undefined };
    server.route({
      ...hidden,
      method: 'OPTIONS',
      // A browser asks before it sends a key to another origin, and without one (the Fetch standard, CORS preflight).
      config: OPEN,
      handler: async (_request, reply) => reply.status(204).header('allow', allow).send(),
    });
    server.route({
      ...hidden,
      method: METHODS.filter((method) => !methods.has(method)),
      config: configOf(routes),
      // Before the body is read.
      onRequest: async (_request, reply) => {
        reply.header('allow', allow);
        throw new Problem('method_not_allowed', `Allowed here: ${allow}.`);
      },
    });
  }
});

/** Who needs no key for any method of a path needs none to learn that it has no other. */
function configOf(routes: RouteOptions[]): NonNullable<RouteOptions['config']> {
  return routes.every(({ config }) => config?.access === 'open') ? OPEN : {};
}
