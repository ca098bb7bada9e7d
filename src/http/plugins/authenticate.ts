import cookie from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { Problem } from '../../domain/problem.ts';
import type { SessionStore } from '../../pipeline/ports/store/sessions.ts';
import type { Caller, Keyring } from '../keyring.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose requests the client may see: '' where no keys are in use. */
    owner: string;
    /** Whether the client runs the server, and sees what all use but no request. */
    isOperator: boolean;
    /** Whether the client has shown a right key in a header, which no page of another site can make a browser do. */
    hasKeyInHeader: boolean;
  }
}

/** Set by routes/session.ts. */
export const SESSION_COOKIE = 'pixmill_session';

export interface Authentication {
  keyring: Keyring;
  store: SessionStore;
  now(): number;
  /** Counts a client that shows a wrong key, or none. @throws Problem `too_many_calls` */
  countRefused?: ((request: FastifyRequest) => Promise<void>) | undefined;
}

/**
 * Asks for a key on every route that is not declared open, and where there is no route: `Authorization: Bearer`,
 * `X-API-Key`, or the cookie that the page trades the key for, since events, downloads and links cannot carry a header.
 * Without keys everybody is the same owner.
 */
export const authenticate = plugin(async (server: Server, options: Authentication) => {
  const { keyring, countRefused } = options;
  server.decorateRequest('owner', '');
  server.decorateRequest('isOperator', false);
  server.decorateRequest('hasKeyInHeader', false);
  await server.register(cookie);
  server.addHook('onRequest', async (request) => {
    // By the route that was found, not by the path as written: there are many ways to write a path.
    const { access = 'key' } = request.routeOptions.config ?? {};
    if (access === 'open') return;
    const caller = await findCaller(request, options);
    if (!caller) {
      // Whoever has a right key is not held up by others behind the same address who have not.
      await countRefused?.(request);
      throw unauthorized();
    }
    if (access === 'metrics' && !caller.mayReadMetrics) throw new Problem('forbidden', OF_OPERATORS);
    if (access === 'key' && caller.owner === undefined) throw new Problem('forbidden', OF_CUSTOMERS);
    request.owner = caller.owner ?? '';
    request.isOperator = caller.owner === undefined;
  });
  // Of every answer to somebody with a key, also where a route or a plugin knows better for what everybody may see.
  server.addHook('onSend', async (request, reply) => {
    if (keyring.isEmpty || request.routeOptions.config?.access === 'open') return;
    const whole = String(reply.getHeader('cache-control') ?? '').includes('no-transform');
    reply.header('cache-control', whole ? 'private, no-store, no-transform' : 'private, no-store');
  });
});

const OF_OPERATORS = 'This is for the operator: send one of PIXMILL_OPERATOR_KEYS.';
const OF_CUSTOMERS = 'The key of an operator opens no request: send the key of a customer.';

async function findCaller(
  request: FastifyRequest,
  { keyring, store, now }: Authentication,
): Promise<Caller | undefined> {
  const byHeaders = keyring.callerByHeaders(request.headers);
  request.hasKeyInHeader = byHeaders !== null && byHeaders !== undefined;
  if (byHeaders) return byHeaders;
  // An operator shows a key also where nobody else needs one.
  if (keyring.isEmpty) return keyring.anybody;
  if (byHeaders === undefined) return undefined;
  const session = keyring.session(request.cookies[SESSION_COOKIE] ?? '', now());
  return session && !(await store.isSessionEnded(session.id)) ? session.caller : undefined;
}

export function unauthorized(): Problem {
  return new Problem('unauthorized', 'Send a key of this server as "Authorization: Bearer KEY".');
}
