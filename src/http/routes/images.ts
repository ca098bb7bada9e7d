import type { OutgoingHttpHeaders } from 'node:http';
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
const HEADERS: OutgoingHttpHeaders = {
  'cache-control': 'public, max-age=31536000, immutable',
  'accept-ranges': 'bytes',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  // Shops show the images on their own pages.
  'cross-origin-resource-policy': 'cross-origin',
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
    server.get(url, { schema, exposeHeadRoute: false }, serve);
    server.head(url, { schema: { hide: true, params: Params } }, serve);
  }

  async function serve(
    request: Parameters<Parameters<typeof server.head>[1] & ((...args: never[]) => unknown)>[0],
  ): Promise<void> {
    void request;
  }
  void storage;
  void parseImageKey;
  void isUnchanged;
  void requestedRange;
  void Problem;
  void HEADERS;
}
