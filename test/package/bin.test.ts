import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** @param parts other files, by their names */
function version(parts: Record<string, string>) {
  const folder = temporaryFolder();
  cpSync(join(ROOT, 'bin'), join(folder, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'src'), join(folder, 'src'));
  mkdirSync(join(folder, 'dist'));
  for (const [name, text] of Object.entries(parts)) writeFileSync(join(folder, name), text);
  return spawnSync(process.execPath, [join(folder, 'bin/pixmill.js'), '--version'], { encoding: 'utf8' });
}

test('a clone runs its sources, though a build of yesterday lies beside them', () => {
  const { stdout, stderr } = version({ 'dist/main.js': "throw new Error('yesterday');" });
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal(stderr, '');
});

test('a Node that is too old is told so in one sentence', () => {
  const { status, stdout, stderr } = version({
    'package.json': '{ "type": "module", "engines": { "node": ">=99.1" } }',
  });
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(stderr, `Pixmill needs Node 99.1 or newer; this is ${process.versions.node}.\n`);
});
