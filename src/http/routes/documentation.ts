import { createReadStream, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { BUILT_PAGE } from '../built-page.ts';
import type { Server } from '../http-tools.ts';

const DESCRIPTION = `Takes a CSV of products with image links, downloads and compresses every image in the background, keeps
and serves the results, and gives the same CSV back with the column \`Output Image Urls\`.

Upload with \`POST /api/upload\`, follow with \`GET /api/status/{id}\` or live events, fetch the result from
\`GET /api/download/{id}\`. A path may end in a slash. Every refusal is \`application/problem+json\` with a \`code\`.`;

const REDOC = 'redoc/bundles/redoc.standalone.js';

const SECURITY = { key: { type: 'http', scheme: 'bearer', description: 'A key of this server.' } } as const;

const TAGS = [
  { name: 'Requests', description: 'Uploading, following, stopping.' },
  { name: 'Results', description: 'Images, tables, archives.' },
  { name: 'Webhooks', description: 'Messages about finished requests, signed as Standard Webhooks 1.0.0.' },
  { name: 'Operations', description: 'For whoever runs the server.' },
];

/** Collects what the routes say of themselves; to be called before the first route. */
export async function describeRoutes(server: Server, version: string, withKeys: boolean): Promise<void> {
  const security = withKeys ? { components: { securitySchemes: SECURITY }, security: [{ key: [] }] } : {};
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pixmill', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'This server' }],
      tags: TAGS,
      ...security,
    },
    transformObject: (made) => examplesInSchemas('openapiObject' in made ? made.openapiObject : made.swaggerObject),
    refResolver: { buildLocalReference: (json, _baseUri, _fragment, index) => String(json.$id ?? `schema-${index}`) },
  });
}

interface Described {
  parameters?: { schema?: object; example?: unknown }[];
}

/**
 * Moves the examples of parameters into their schemas, where every reader shows them. What stands beside a schema is also
 * filled in by Swagger UI, and goes out with the first call: the id of a request that nobody has made, or an
 * Idempotency-Key that belongs to another upload from the second call on.
 */
function examplesInSchemas<T extends object>(document: T): T {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Described>> };
  for (const { parameters = [] } of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const parameter of parameters) {
      const { example } = parameter;
      if (example === undefined) continue;
      parameter.schema = { ...parameter.schema, examples: [example] };
      delete parameter.example;
    }
  }
  return document;
}

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
