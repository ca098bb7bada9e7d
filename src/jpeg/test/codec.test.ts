import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

test('the compiled codec is what its source compiles to', async () => {
  const folder = temporaryFolder();
  const output = join(folder, 'codec.wasm');
  const root = join(import.meta.dirname, '../../..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, ...words] = scripts['build:codec'].split(' ');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const where = 'src/jpeg/codec.wasm';
  execFileSync(process.execPath, [compiler, ...words.map((word: string) => (word === where ? output : word))], {
    cwd: root,
  });
  assert.deepEqual(readFileSync(output), readFileSync(join(root, where)), 'npm run build:codec has not been run');
});
