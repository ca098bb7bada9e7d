import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { SessionStore } from '../../pipeline/ports/store/sessions.ts';
import type { Keyring } from '../keyring.ts';
import { SESSION_COOKIE, unauthorized } from '../plugins/authenticate.ts';
import { responses } from '../responses.ts';
import { OPEN } from '../route-config.ts';
import type { Server } from '../server-type.ts';

const Session = Type.Object({
  key: Type.String({ maxLength: 1_000, description: 'One of the keys of this server.' }),
});

export interface Sessions {
  keyring: Keyring;
  store: SessionStore;
  sessionMs: number;
  now(): number;
}

/** POST and DELETE /api/session, where keys are in use. */
export async function sessionRoutes(server: Server, { keyring, store, sessionMs, now }: Sessions): Promise<void> {
  if (keyring.isEmpty) return;
  // Here alone a body is JSON; the default parser refuses "__proto__" and "constructor".
  const options = { parseAs: 'string', bodyLimit: 4_096 } as const;
  server.addContentTypeParser('application/json', options, server.getDefaultJsonParser('error', 'error'));
  // No script of the page, no request that another site starts, and no line without TLS where the page came by TLS.
  const cookie = ({ protocol }: FastifyRequest) =>
    ({ path: '/', httpOnly: true, sameSite: 'strict', secure: protocol === 'https' }) as const;

  const open = {
    operationId: 'openSession',
    tags: ['Operations'],
    summary: 'Trade a key for a cookie',
    description:
      'For browsers: the cookie is HttpOnly and SameSite=Strict, so that no script and no other site can use it. It ends ' +
      'after a while (`PIXMILL_SESSION_HOURS`), with `DELETE`, and with the key.',
    body: Session,
    response: responses(
      { 204: { description: 'The cookie is set.', type: 'null' } },
      'unauthorized',
      'origin_refused',
      'too_many_calls',
    ),
  };
  server.post('/api/session', { schema: open, config: OPEN }, async (request, reply) => {
    const token = keyring.openSession(request.body.key, now() + sessionMs);
    if (token === undefined) throw unauthorized();
    const maxAge = Math.floor(sessionMs / 1_000);
    return reply
      .setCookie(SESSION_COOKIE, token, { ...cookie(request), maxAge })
      .header('cache-control', 'private, no-store')
      .status(204)
      .send();
  });

  server.delete('/api/session', { schema: { hide: true }, config: OPEN }, async (request, reply) => {
    const session = keyring.session(request.cookies[SESSION_COOKIE] ?? '', now());
    // Who has copied the cookie is signed out as well.
    if (session) await store.endSession(session.id, session.endsAt);
    return reply
      .clearCookie(SESSION_COOKIE, cookie(request))
      .header('cache-control', 'private, no-store')
      .status(204)
      .send();
  });
}
