import { UPLOAD_OPTIONS } from '../../src/domain/options.ts';
import { table } from './markdown-table.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  deprecated?: boolean;
  description?: string;
  parameters?: { in: string; name: string; description?: string; required?: boolean }[];
  responses: Record<string, unknown>;
}

interface OpenApi {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
}

interface Route extends Operation {
  route: string;
}

/** docs/api.md: every route at a glance, from the OpenAPI document. */
export function apiPage(openapi: object): string {
  const { tags, paths } = openapi as OpenApi;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      route: `${method.toUpperCase()} ${path}`,
    })),
  );
  const current = routes.filter(({ deprecated }) => !deprecated);
  const astray = current.filter((route) => !tags.some(({ name }) => route.tags?.includes(name)));
  if (astray.length > 0) throw new Error(`in no section: ${astray.map(({ route }) => route).join(', ')}`);
  const sections = tags.map(({ name, description }) => {
    const rows = current.filter((route) => route.tags?.includes(name)).map(row);
    return `## ${name}\n\n${description}\n\n${table(['request', 'what', 'parameters', 'responses'], rows)}`;
  });
  const older = routes
    .filter(({ deprecated }) => deprecated)
    .map(({ route, description }) => [`\`${route}\``, sameAs(description)]);
  return `# API

Written by \`npm run docs\` from the OpenAPI document. A running server shows all of it: \`/docs\` to try requests, \`/redoc\` to read,
\`/openapi.json\` for programs. [Examples](examples.md) show them at work, [Options](options.md) the fields of an upload,
[Errors](errors.md) every code. A server with keys wants \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`. Beside what is
listed, every request may be refused with 401 (no key), 429 (too many requests) and 500. \`OPTIONS\` on any path responds with
204 and \`Allow\`.

${sections.join('\n\n')}

## For older clients

These respond the same as the requests they stand for. A slash at the end of a path changes nothing, except that
\`GET /status/{id}/\` tells \`Pending\` until the request is finished, for an older client that knows no \`Processing\`.

${table(['request', 'the same as'], older)}
`;
}

function row({ route, summary = '', parameters = [], responses }: Route): string[] {
  const named = parameters.filter((parameter) => parameter.in !== 'path').map(({ name }) => name);
  const isUpload = Object.keys(UPLOAD_OPTIONS).every((name) => named.includes(name));
  const names = named.filter((name) => !isUpload || !(name in UPLOAD_OPTIONS)).map((name) => `\`${name}\``);
  if (isUpload) names.unshift('every [option](options.md)');
  const statuses = Object.keys(responses).filter((status) => status !== '500');
  return [`\`${route}\``, summary, names.join(', '), statuses.join(', ')];
}

/** The path in "Kept for older clients. The same as `PATH`." */
function sameAs(description = ''): string {
  return /`.*?`/.exec(description)?.[0] ?? '';
}
