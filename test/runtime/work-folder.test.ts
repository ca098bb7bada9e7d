import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockDataFolder } from '../../src/database/data-lock.ts';
import { openOwnFolder, openSharedFolder } from '../../src/runtime/work-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LONG_AGO = 1_700_000_000;

test('a process that was suspended for long keeps its folder, what a dead one left is removed', async () => {
  const parent = join(temporaryFolder(), 'tmp');
  const frozen = openSharedFolder(parent);
  writeFileSync(join(frozen.path, 'file'), 'picture');
  const dead = join(parent, 'dead');
  mkdirSync(dead);
  lockDataFolder(join(parent, 'locks', 'dead'))();
  const older = join(parent, 'older-release');
  mkdirSync(older);
  for (const folder of [frozen.path, dead, older]) utimesSync(folder, LONG_AGO, LONG_AGO);
  const other = openSharedFolder(parent);
  await other.sweep();
  assert.ok(existsSync(join(frozen.path, 'file')));
  assert.deepEqual([existsSync(dead), existsSync(older)], [false, false]);
  await frozen.close();
  await other.close();
  assert.deepEqual(readdirSync(parent), ['locks']);
  assert.deepEqual(readdirSync(join(parent, 'locks')), []);
});

test('a folder that was removed is made again, with its lock, and readiness writes into it', async () => {
  const parent = join(temporaryFolder(), 'tmp');
  for (const folder of [openOwnFolder(parent), openSharedFolder(parent)]) {
    rmSync(parent, { recursive: true });
    await folder.check();
    assert.ok(existsSync(folder.path));
    rmSync(parent, { recursive: true });
    writeFileSync(parent, 'a file in its place');
    await assert.rejects(folder.check());
    rmSync(parent);
    await folder.check();
    await folder.close();
  }
});
