import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import files from '@fastify/static';
import { Type } from 'typebox';
import { Problem } from '../../domain/problem.ts';
import { BUILT_PAGE } from '../built-page.ts';
import { OPEN, PUBLIC_FILE } from '../route-config.ts';
import type { Server } from '../server-type.ts';

/** Addresses that the page itself makes something of. */
const SCREENS = ['/', '/requests', '/requests/:id', '/api-guide'];

/** As elsewhere, but with images from everywhere: the page shows those of the shop beside ours. */
const CONTENT_SECURITY = [
  "default-src 'self'",
  "img-src 'self' data: blob: http: https:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pixmill</title></head>
<body><h1>Pixmill runs</h1><p>The page is not built yet; <code>npm start</code> builds the page.
The API is described at <a href="/docs">/docs</a>.</p></body></html>
`;

export interface Page {
  /** Folder that `web/build.ts` has filled; its own where left out. */
  builtPage?: string | undefined;
}

/** GET / and the other screens of the page, and what they load. */
export async function pageRoutes(server: Server, { builtPage = BUILT_PAGE }: Page): Promise<void> {
  const built = existsSync(join(builtPage, 'index.html'));
  const page = built ? await readFile(join(builtPage, 'index.html'), 'utf8') : NOT_BUILT;
  for (const url of SCREENS) {
    // The page asks for the key itself.
    server.get(url, { schema: { hide: true }, config: OPEN }, async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        // The page names its assets by their content: who has an old page would ask for assets that are gone.
        .header('cache-control', 'no-cache')
        .header('content-security-policy', CONTENT_SECURITY)
        .send(page),
    );
  }
  if (!built) return;
  await server.register(files, {
    root: join(builtPage, 'assets'),
    serve: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
  const schema = { hide: true, params: Type.Object({ '*': Type.String() }) };
  server.get('/assets/*', { schema, config: PUBLIC_FILE }, async (request, reply) => {
    const { '*': name } = request.params;
    // All of them lie in one folder; a path would be refused by sendFile as an error of ours.
    if (!/^\w[\w.-]*$/.test(name)) throw new Problem('not_found');
    return reply.sendFile(name);
  });
}
