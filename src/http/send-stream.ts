import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Responds with chunks as they are made, no faster than the client takes them. Where making them fails, the connection
 * breaks, so that nobody takes half a response for a whole one.
 */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  chunks: AsyncIterable<string | Uint8Array>,
): FastifyReply {
  // The response to HEAD has the same headers; making the chunks only to drop them would be work for nothing.
  return reply.type(type).send(Readable.from(request.method === 'HEAD' ? [] : chunks));
}

/** Marks the response as a file to keep, named after the upload (RFC 6266, RFC 8187). */
export function asDownload(reply: FastifyReply, fileName: string, ending: string): void {
  const stem = fileName.replace(/\.[a-z0-9]{1,5}$/i, '') || 'products';
  const name = `${stem}-${ending}`;
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  reply.header('content-disposition', `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
}
