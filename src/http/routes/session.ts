import { Type } from 'typebox';
import type { Keyring } from '../keyring.ts';
import { SESSION_COOKIE, unauthorized } from '../plugins/authenticate.ts';
import { responses } from '../responses.ts';
import { OPEN } from '../route-config.ts';
import type { Server } from '../server-type.ts';

const Session = Type.Object({
  key: Type.String({ maxLength: 1_000, description: 'One of the keys of this server.' }),
});

/** POST and DELETE /api/session, where keys are in use. */
export async function sessionRoutes(server: Server, { keyring }: { keyring: Keyring }): Promise<void> {
  if (keyring.isEmpty) return;
  // Here alone a body is JSON; the default parser refuses "__proto__" and "constructor".
  const options = { parseAs: 'string', bodyLimit: 4_096 } as const;
  server.addContentTypeParser('application/json', options, server.getDefaultJsonParser('error', 'error'));

  const open = {
    operationId: 'openSession',
    tags: ['Operations'],
    summary: 'Trade a key for a cookie',
    description:
      'For browsers: the cookie is HttpOnly and SameSite=Strict, so that no script and no other site can use it.',
    body: Session,
    response: responses({ 204: { description: 'The cookie is set.', type: 'null' } }, 'unauthorized'),
  };
  server.post('/api/session', { schema: open, config: OPEN }, async (request, reply) => {
    const token = keyring.openSession(request.body.key);
    if (token === undefined) throw unauthorized();
    const secure = request.protocol === 'https';
    return reply
      .setCookie(SESSION_COOKIE, token, { path: '/', httpOnly: true, sameSite: 'strict', secure })
      .status(204)
      .send();
  });

  server.delete('/api/session', { schema: { hide: true }, config: OPEN }, async (_request, reply) =>
    reply.clearCookie(SESSION_COOKIE, { path: '/' }).status(204).send(),
  );
}
