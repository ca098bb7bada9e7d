import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { FORMATS, WRITTEN_FORMATS } from '../../domain/formats.ts';
import { parseImageKey } from '../../domain/image.ts';
import { Problem } from '../../domain/problem.ts';
import type { ImageStorage } from '../../pipeline/ports/storage.ts';
import type { ImageLinks } from '../../results/image-links.ts';
import { isUnchanged, requestedRange } from '../conditional.ts';
import { content, responses } from '../responses.ts';
import { PUBLIC_UNDER_ANY_NAME } from '../route-config.ts';
import { routePaths } from '../route-paths.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `A compressed image. Its address never changes its content, so it may be cached for as long as it is good:
for ever, or where the operator has links signed (\`PIXMILL_SIGNED_URLS\`), until \`expires\`.`;

const IN_FOLDER =
  'The same for images whose names do not hold what cannot be guessed (`name` without `{random}`): their folder does.';

const Params = Type.Object({
  filename: Type.String({ description: 'As in `output_url`.', examples: ['blue-mug-1-7kq2m9xd4f8hzv31np5t.jpg'] }),
});

const FolderParams = Type.Object({
  folder: Type.String({ description: 'As in `output_url`.', examples: ['7kq2m9xd4f8hzv31np5t'] }),
  filename: Type.String({ description: 'As in `output_url`.', examples: ['AB-12-1.jpg'] }),
});

const Query = Type.Object({
  expires: Type.Optional(Type.String({ description: 'Of a signed link: until when it is good, seconds since 1970.' })),
  signature: Type.Optional(Type.String({ description: 'Of a signed link: shows that name and time are ours.' })),
});

/** The same on every response. Images come from strangers: a browser shows them and runs nothing in them. */
const HEADERS = {
  'accept-ranges': 'bytes',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  // Shops show the images on their own pages.
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
};

const YEAR_S = 31_536_000;
const HOUR_MS = 3_600_000;

export interface Images {
  storage: Pick<ImageStorage, 'find' | 'presign'>;
  links: Pick<ImageLinks, 'check'>;
  /** Whether a client with a signed address is sent on to the bucket, instead of getting the bytes from us. */
  redirectToStorage: boolean;
  now(): number;
}

/** GET and HEAD /api/image/{filename} and /api/image/{folder}/{filename}. */
export async function imageRoutes(server: Server, options: Images): Promise<void> {
  const { storage, links, redirectToStorage, now } = options;
  const documented = {
    tags: ['Results'],
    summary: 'A compressed image',
    querystring: Query,
    response: responses(
      { 200: content('The image.', ...WRITTEN_FORMATS.map((format) => FORMATS[format].contentType)) },
      'image_not_found',
      'invalid_signature',
      'link_expired',
    ),
  };
  for (const { url, ...doc } of routePaths('getImage', DESCRIPTION, '/api/image/:filename')) {
    const schema = { ...doc, ...documented, params: Params };
    server.get(url, { schema, config: PUBLIC_UNDER_ANY_NAME }, async (request, reply) =>
      handOut(request, reply, request.params.filename, request.query),
    );
  }
  for (const { url, ...doc } of routePaths('getImageInFolder', IN_FOLDER, '/api/image/:folder/:filename')) {
    const schema = { ...doc, ...documented, summary: 'A compressed image in a folder', params: FolderParams };
    server.get(url, { schema, config: PUBLIC_UNDER_ANY_NAME }, async (request, reply) => {
      const { folder, filename } = request.params;
      return handOut(request, reply, `${folder}/${filename}`, request.query);
    });
  }

  function handOut(request: FastifyRequest, reply: FastifyReply, key: string, query: Static<typeof Query>) {
    const end = links.check(key, query);
    return redirectToStorage ? sendOn(request, reply, key, end) : serve(request, reply, key, end);
  }

  /** To the bucket, by an address that stays the same for an hour, so that browsers keep what they have. */
  async function sendOn(request: FastifyRequest, reply: FastifyReply, name: string, end: number) {
    const from = Math.floor(now() / HOUR_MS) * HOUR_MS;
    const until = Math.min(end, from + 2 * HOUR_MS);
    const address = await storage.presign?.(name, request.method === 'HEAD' ? 'HEAD' : 'GET', from, until);
    if (address === undefined) throw new Error('this storage hands out no images by itself');
    // Whoever keeps the redirect must still have time to follow it.
    const maxAge = Math.floor((until - now()) / 2_000);
    return reply.headers(HEADERS).header('cache-control', `public, max-age=${maxAge}`).redirect(address, 307);
  }

  async function serve(request: FastifyRequest, reply: FastifyReply, name: string, end: number): Promise<FastifyReply> {
    const image = parseImageKey(name);
    const stored = image && (await storage.find(name));
    if (!image || !stored) throw new Problem('image_not_found');
    const { size, modifiedAt } = stored;
    // The bytes behind a key change only when the same link delivered another picture on a retry.
    const validators = { etag: `"${size.toString(36)}-${modifiedAt.getTime().toString(36)}"`, modifiedAt };
    // A cache must not show what the address no longer does.
    const maxAge = Math.min(YEAR_S, Math.floor((end - now()) / 1_000));
    reply.headers(HEADERS).header('cache-control', `public, max-age=${maxAge}, immutable`);
    reply.header('etag', validators.etag).header('last-modified', modifiedAt.toUTCString());
    if (isUnchanged(request.headers, validators)) return reply.status(304).send();

    const range = requestedRange(request.headers, size, validators);
    if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${size}`).send();
    if (range) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
    reply.type(FORMATS[image.format].contentType).header('content-length', range ? range.end - range.start + 1 : size);
    return reply.send(request.method === 'HEAD' ? Readable.from([]) : await stored.read(range));
  }
}
