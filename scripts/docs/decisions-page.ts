import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../docs/decisions');

/** docs/decisions/README.md: every decision by its title. */
export function decisionsPage(): string {
  const records = readdirSync(FOLDER).filter((name) => /^\d+.*\.md$/.test(name));
  const lines = records.sort().map((name) => {
    const [, title] = /^# (.*)/.exec(readFileSync(join(FOLDER, name), 'utf8')) ?? [];
    return `- [${title}](${name})`;
  });
  return `# Decisions

Choices that could have gone otherwise, and why they went as they did. Written by \`npm run docs\` from the records.

${lines.join('\n')}
`;
}
