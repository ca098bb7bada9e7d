import type { RouteOptions } from 'fastify';
import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that was registered after this plugin, by its path without a slash at the end. */
    routeTable: Map<string, RouteOptions[]>;
  }
}

/** Keeps a list of all routes; to be registered before them. */
export const routeTable = plugin(async (server: Server) => {
  const table = new Map<string, RouteOptions[]>();
  server.decorate('routeTable', table);
  server.addHook('onRoute', (route) => {
    const path = route.url.replace(/(?<=.)\/$/, '');
    table.set(path, [...(table.get(path) ?? []), route]);
  });
});
