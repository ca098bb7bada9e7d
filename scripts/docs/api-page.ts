import { UPLOAD_OPTIONS } from '../../src/domain/options.ts';
import { table } from './reference-pages.ts';

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
  call: string;
}

/** docs/api.md: every route at a glance, from the OpenAPI document. */
export function apiPage(openapi: object): string {
  const { tags, paths } = openapi as OpenApi;
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      call: `${method.toUpperCase()} ${path}`,
    })),
  );
  const current = routes.filter(({ deprecated }) => !deprecated);
  const astray = current.filter((route) => !tags.some(({ name }) => route.tags?.includes(name)));
  if (astray.length > 0) throw new Error(`in no section: ${astray.map(({ call }) => call).join(', ')}`);
  const sections = tags.map(({ name, description }) => {
    const rows = current.filter((route) => route.tags?.includes(name)).map(row);
    return `## ${name}\n\n${description}\n\n${table(['call', 'what', 'parameters', 'answers'], rows)}`;
  });
  const older = routes
    .filter(({ deprecated }) => deprecated)
    .map(({ call, description }) => [`\`${call}\``, sameAs(description)]);
  return `# API

Written by \`npm run docs\` from the OpenAPI document. A running server shows all of it: \`/docs\` to try calls, \`/redoc\` to read,
\`/openapi.json\` for programs. [Examples](examples.md) show the calls at work, [Options](options.md) the fields of an upload,
[Errors](errors.md) every code. A server with keys wants \`Authorization: Bearer KEY\` or \`X-API-Key: KEY\`. Beside what is
listed, every call may answer 401 (no key), 429 (too many calls) and 500.

${sections.join('\n\n')}

## For older clients

These answer the same as the calls they stand for. A slash at the end of a path changes nothing.

${table(['call', 'the same as'], older)}
`;
}

function row({ call, summary = '', parameters = [], responses }: Route): string[] {
  const named = parameters.filter((parameter) => parameter.in !== 'path').map(({ name }) => name);
  const isUpload = Object.keys(UPLOAD_OPTIONS).every((name) => named.includes(name));
  const names = named.filter((name) => !isUpload || !(name in UPLOAD_OPTIONS)).map((name) => `\`${name}\``);
  if (isUpload) names.unshift('every [option](options.md)');
  const answers = Object.keys(responses).filter((status) => status !== '500');
  return [`\`${call}\``, summary, names.join(', '), answers.join(', ')];
}

/** The path in "Kept for older clients. The same as `PATH`." */
function sameAs(description = ''): string {
  return /`.*`/.exec(description)?.[0] ?? '';
}
