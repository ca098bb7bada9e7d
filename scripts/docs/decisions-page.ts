import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../docs/decisions');

/** How a record begins: its title, then `accepted` or `replaced by NNNN`, then a day. */
const RECORD = /^# (.+)\n\nStatus: (accepted|replaced by \d{4})\. Date: (\d{4}-\d{2}-\d{2})\.\n/;

/** docs/decisions/README.md: every decision by its title. */
export function decisionsPage(): string {
  const records = readdirSync(FOLDER).filter((name) => /^\d+.*\.md$/.test(name));
  const lines = records.sort().map((name) => {
    const [, title, status, date] = RECORD.exec(readFileSync(join(FOLDER, name), 'utf8')) ?? [];
    return `| [${title}](${name}) | ${status} | ${date} |`;
  });
  return `# Decisions

Choices that could have gone otherwise, and why they went as they did. A record is not rewritten when a choice is taken back:
its status names the record that replaces it. Written by \`npm run docs\` from the records.

| decision | status | date |
| --- | --- | --- |
${lines.join('\n')}
`;
}
