import plugin from 'fastify-plugin';
import type { Server } from '../server-type.ts';

/**
 * Bodies are not read: only uploads and sessions have one, and their routes bring their own parsers. What clients send
 * elsewhere is of no interest, whatever its type.
 */
export const bodies = plugin(async (server: Server) => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, _body, done) => done(null));
});
