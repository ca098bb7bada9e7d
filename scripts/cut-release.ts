/**
 * Runs inside `npm version`, after package.json has the new version and before the commit: the changelog and the client
 * follow. What is "Unreleased" becomes a section of the version, with the day.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const { version } = JSON.parse(read('package.json')) as { version: string };
const changelog = read('CHANGELOG.md');
const unreleased = '## Unreleased\n';
if (!changelog.includes(unreleased))
  throw new Error('CHANGELOG.md has no section "Unreleased": there is nothing to release.');
const section = `${unreleased}\n## ${version} - ${new Date().toISOString().slice(0, 10)}\n`;
writeFileSync(join(ROOT, 'CHANGELOG.md'), changelog.replace(unreleased, section));

const client = JSON.parse(read('client/package.json')) as { version: string };
writeFileSync(join(ROOT, 'client/package.json'), `${JSON.stringify({ ...client, version }, null, 2)}\n`);
