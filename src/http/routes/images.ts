import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parseImageKey } from '../../domain/image.ts';
import { CONTENT_TYPES } from '../../domain/options.ts';
import { Problem } from '../../domain/problem.ts';
import { answers, content } from '../answers.ts';
import { isUnchanged, requestedRange } from '../conditional.ts';
import type { HttpTools, Server } from '../http-tools.ts';
import { routePaths } from '../route-paths.ts';

const DESCRIPTION = 'A compressed image. Its address never changes its content, so it may be cached for ever.';

const Params = Type.Object({
  filename: Type.String({ description: 'As in `output_url`.', examples: ['blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg'] }),
});

/** The same on every answer. Images come from strangers: a browser shows them and runs nothing in them. */
const HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'accept-ranges': 'bytes',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  // Shops show the images on their own pages.
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
};

/** GET and HEAD /api/image/{filename}. */
export function imageRoutes(server: Server, { storage }: HttpTools): void {
  for (const { url, ...doc } of routePaths('getImage', DESCRIPTION, '/api/image/:filename')) {
    const schema = {
      ...doc,
      tags: ['Results'],
      summary: 'A compressed image',
      params: Params,
      response: answers({ 200: content('The image.', ...Object.values(CONTENT_TYPES)) }, 'image_not_found'),
    };
    server.get(url, { schema }, async (request, reply) => serve(request, reply, request.params.filename));
  }

  async function serve(request: FastifyRequest, reply: FastifyReply, name: string): Promise<FastifyReply> {
    const image = parseImageKey(name);
    const stored = image && (await storage.find(name));
    if (!image || !stored) throw new Problem('image_not_found');
    const { size, modifiedAt } = stored;
    // The bytes behind a key change only when the same link delivered another picture on a retry.
    const validators = { etag: `"${size.toString(36)}-${modifiedAt.getTime().toString(36)}"`, modifiedAt };
    reply.headers(HEADERS).header('etag', validators.etag).header('last-modified', modifiedAt.toUTCString());
    if (isUnchanged(request.headers, validators)) return reply.status(304).send();

    const range = requestedRange(request.headers, size, validators);
    if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${size}`).send();
    if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
    reply.type(CONTENT_TYPES[image.format]).header('content-length', range ? range.end - range.start + 1 : size);
    return reply.send(request.method === 'HEAD' ? Readable.from([]) : await stored.read(range));
  }
}
