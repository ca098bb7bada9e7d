import { createReadStream, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import swaggerUi from '@fastify/swagger-ui';
import { BUILT_PAGE } from '../built-page.ts';
import type { Server } from '../server-type.ts';

const REDOC = 'redoc/bundles/redoc.standalone.js';

/** GET /openapi.json, /docs, /redoc; all assets come from us, so they work without the internet. */
export async function documentationRoutes(server: Server): Promise<void> {
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  await server.register(swaggerUi, { routePrefix: '/docs', uiConfig: { deepLinking: true } });

  const copied = join(BUILT_PAGE, 'redoc.standalone.js');
  // Where the page is not built yet, this is a clone, which has the tools of the build.
  const bundle = existsSync(copied) ? copied : createRequire(import.meta.url).resolve(REDOC);
  server.get('/redoc/redoc.standalone.js', { schema: { hide: true } }, async (_request, reply) =>
    reply
      // The bundle holds characters beyond ASCII: without the charset the page stays blank.
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'public, max-age=86400')
      .send(createReadStream(bundle)),
  );
  server.get('/redoc', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(REDOC_PAGE),
  );
}

const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pixmill API</title></head>
<body style="margin:0"><redoc spec-url="/openapi.json"></redoc><script src="/redoc/redoc.standalone.js"></script></body>
</html>
`;
