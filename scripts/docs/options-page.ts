import type { Option } from '../../src/domain/option.ts';
import { UPLOAD_OPTIONS } from '../../src/domain/options.ts';
import { allowed } from '../../src/domain/read-option.ts';
import { table } from './markdown-table.ts';

const FILE = [
  '`file`',
  'a CSV, also as `.csv.gz` or `.zip`, or an `.xlsx`',
  '–',
  'The only field that must be there; [Tables](tables.md).',
];

/** docs/options.md, from the definitions of the options. */
export function optionsPage(): string {
  const rows = Object.entries<Option>(UPLOAD_OPTIONS).map(([name, option]) => [
    `\`${name}\``,
    values(option),
    option.preset === undefined ? (option.absent ?? '–') : `\`${option.preset}\``,
    option.schema.description,
  ]);
  return `# Options

Written by \`npm run docs\` from the program itself.

Form fields of \`POST /api/upload\`, before or after the file, or query parameters of its address; where both say something,
the form wins. \`pixmill upload\` and \`pixmill run\` have the same as options (\`--on-error\` for \`on_error\`), the
[TypeScript client](../client/README.md) as members. The status of a request shows in \`options\` which ones hold. An
option that is sent empty counts as not sent. Fields that forms of browsers and frameworks add (\`submit\`,
\`csrfmiddlewaretoken\`) are ignored, each with a warning \`unknown_field\`; a name that is a slip of the pen away from a
known one (\`qualty\`) is refused, so that the default is not taken for what was wanted.

${table(['field', 'values', 'default', 'what it does'], [FILE, ...rows])}

A file that comes in the field \`csv_file\` is scaled to 50 where \`scale\` is left out, for an older client. \`true\` may be
written \`1\`, \`on\` or \`yes\`, \`false\` \`0\`, \`off\` or \`no\`.

The header \`Idempotency-Key\` (up to 255 visible characters) makes an upload safe to send again: for a day the same key with
the same file and options gives the same request, with others 409.

${ADVICE}`;
}

/** What may be sent, short. */
function values(option: Option): string {
  const { enum: choices, minimum, maximum, type } = option.schema as { enum?: string[]; type?: string } & Limits;
  const words = [...(choices ?? []), ...Object.keys(option.aliases ?? {})];
  // A tab cannot be seen.
  if (choices)
    return words
      .filter((word) => word !== '\t')
      .map(code)
      .join(', ');
  if (minimum !== undefined && maximum !== undefined) return `${minimum}–${maximum}`;
  return type === 'boolean' ? '`true`, `false`' : allowed(option);
}

interface Limits {
  minimum?: number;
  maximum?: number;
}

/** A value as it can be typed, in a cell of a table. */
function code(value: string): string {
  return `\`${value.replaceAll('|', '\\|')}\``;
}

const ADVICE = `## What to choose

- **Just smaller files, nothing else changed:** the defaults. No image gets larger; what is small already is kept as it is.
- **A shop for the browsers of the last years:** \`format=webp\`, \`quality\` 50 to 70. A sixth of the bytes.
- **The best picture for the bytes:** \`format=avif\`. Leave \`effort\` at \`fast\`: \`small\` costs fifteen times as much.
- **JPEG, and bandwidth is dear:** \`effort=small\`, \`quality=65\`.
- **Previews:** \`scale=25\` or less, with any of these.
- **Line drawings, logos, screenshots:** \`format=png\` or \`webp\` with a high \`quality\`; JPEG blurs their edges. JPEG knows no
  transparency either: it becomes white. A PNG that takes fewer bytes without any loss is left so by \`effort=small\`.
- **A feed that nobody has cleaned up:** first \`dry_run=true\`, then \`on_error=skip\`.

[Performance](performance.md) has the figures.
`;
