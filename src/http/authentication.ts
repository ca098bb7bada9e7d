import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../domain/problem.ts';
import type { Server } from './http-tools.ts';
import { answers } from './responses.ts';

/** Routes that need no key: images are named unguessably, health says nothing, the page asks for the key itself. */
const OPEN_ROUTES = new Set([
  '/api/image/:filename',
  '/health',
  '/ready',
  '/api/session',
  '/',
  '/requests',
  '/requests/:id',
  '/api-guide',
  '/assets/*',
]);

const COOKIE = 'pixmill_session';

/**
 * Asks for a key on every other path: `Authorization: Bearer`, `X-API-Key`, or the cookie that the page trades the key
 * for, since events, downloads and links cannot carry a header. Without keys everybody is the same owner.
 */
export async function authenticate(server: Server, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  await server.register(cookie);
  const owners = keys.map((key) => ({ key, digest: digest(key), owner: digest(key).toString('hex').slice(0, 32) }));

  server.addHook('onRequest', async (request) => {
    // The route that was found, not the path as written: there are many ways to write a path.
    if (OPEN_ROUTES.has(request.routeOptions.url ?? '')) return;
    request.owner = ownerOf(request) ?? refuse();
  });

  const Session = Type.Object({
    key: Type.String({ maxLength: 1_000, description: 'One of the keys of this server.' }),
  });
  const login = {
    operationId: 'openSession',
    tags: ['Operations'],
    summary: 'Trade a key for a cookie',
    description:
      'For browsers: the cookie is HttpOnly and SameSite=Strict, so that no script and no other site can use it.',
    body: Session,
    response: answers({ 204: { description: 'The cookie is set.', type: 'null' } }, 'unauthorized'),
  };
  // In a scope of its own: elsewhere a body in JSON is of no interest.
  await server.register(async (scope) => {
    const options = { parseAs: 'string', bodyLimit: 4_096 } as const;
    scope.addContentTypeParser('application/json', options, scope.getDefaultJsonParser('error', 'error'));
    scope.withTypeProvider<TypeBoxTypeProvider>().post('/api/session', { schema: login }, async (request, reply) => {
      const found = byKey(request.body.key) ?? refuse();
      const secure = request.protocol === 'https';
      reply.setCookie(COOKIE, token(found.key), { path: '/', httpOnly: true, sameSite: 'strict', secure });
      return reply.status(204).send();
    });
    scope.delete('/api/session', { schema: { hide: true } }, async (_request, reply) =>
      reply.clearCookie(COOKIE, { path: '/' }).status(204).send(),
    );
  });

  function ownerOf(request: FastifyRequest): string | undefined {
    const { authorization, 'x-api-key': header } = request.headers;
    const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? header;
    if (typeof given === 'string') return byKey(given)?.owner;
    const session = request.cookies[COOKIE];
    return session === undefined ? undefined : owners.find(({ key }) => same(token(key), session))?.owner;
  }

  /** All keys are compared, and as digests of one length: the time tells nothing about any of them. */
  function byKey(given: string) {
    const wanted = digest(given);
    return owners.filter((known) => timingSafeEqual(known.digest, wanted))[0];
  }
}

function refuse(): never {
  throw new Problem('unauthorized', 'Send a key of this server as "Authorization: Bearer KEY".');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Stands for a key without being one; a key that is taken out of the configuration ends its sessions. */
function token(key: string): string {
  return createHmac('sha256', key).update('pixmill session').digest('base64url');
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}
