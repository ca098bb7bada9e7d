import cookie from '@fastify/cookie';
import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import type { Keyring } from '../keyring.ts';
import type { Server } from '../server-type.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose requests the client may see: '' where no keys are in use. */
    owner: string;
  }
}

/** Set by routes/session.ts. */
export const SESSION_COOKIE = 'pixmill_session';

/**
 * Asks for a key on every route that is not declared open, and where there is no route: `Authorization: Bearer`,
 * `X-API-Key`, or the cookie that the page trades the key for, since events, downloads and links cannot carry a header.
 * Without keys everybody is the same owner.
 */
export const authenticate = plugin(async (server: Server, { keyring }: { keyring: Keyring }) => {
  server.decorateRequest('owner', '');
  if (keyring.isEmpty) return;
  await server.register(cookie);
  server.addHook('onRequest', async (request) => {
    // By the route that was found, not by the path as written: there are many ways to write a path.
    if (request.routeOptions.config?.access === 'open') return;
    const byHeaders = keyring.ownerByHeaders(request.headers);
    const owner = byHeaders === null ? keyring.ownerBySession(request.cookies[SESSION_COOKIE] ?? '') : byHeaders;
    if (owner === undefined) throw unauthorized();
    request.owner = owner;
  });
});

export function unauthorized(): Problem {
  return new Problem('unauthorized', 'Send a key of this server as "Authorization: Bearer KEY".');
}
