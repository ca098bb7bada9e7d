import swagger from '@fastify/swagger';
import plugin from 'fastify-plugin';
import { COMPONENTS } from '../schemas.ts';
import type { Server } from '../server-type.ts';

const DESCRIPTION = `Takes a CSV of products with image links, downloads and compresses every image in the background, keeps
and serves the results, and gives the same CSV back with the column \`Output Image Urls\`.

Upload with \`POST /api/upload\`, follow with \`GET /api/status/{id}\` or live events, fetch the result from
\`GET /api/download/{id}\`. A path may end in a slash. Every refusal is \`application/problem+json\` with a \`code\`.`;

const SECURITY = { key: { type: 'http', scheme: 'bearer', description: 'A key of this server.' } } as const;

const TAGS = [
  { name: 'Requests', description: 'Uploading, following, stopping.' },
  { name: 'Results', description: 'Images, tables, archives.' },
  { name: 'Webhooks', description: 'Messages about finished requests, signed as Standard Webhooks 1.0.0.' },
  { name: 'Operations', description: 'For whoever runs the server.' },
];

export interface Documentation {
  /** Of Pixmill. */
  version: string;
  /** Whether the server wants a key. */
  withKeys: boolean;
}

/** Collects what the routes say of themselves as an OpenAPI document; to be registered before the first route. */
export const documentation = plugin(async (server: Server, { version, withKeys }: Documentation) => {
  for (const schema of COMPONENTS) server.addSchema(schema);
  // Schemas document the responses; what a response holds is not cut down to them.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
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
});

interface Described {
  parameters?: { schema?: object; example?: unknown }[];
}

/**
 * Moves the examples of parameters into their schemas, where every reader shows them. What stands beside a schema is also
 * filled in by Swagger UI, and goes out with the first "Execute": the id of a request that nobody has made, or an
 * Idempotency-Key that belongs to another upload from the second time on.
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
