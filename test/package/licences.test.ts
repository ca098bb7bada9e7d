import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Locked {
  license?: string;
  dev?: boolean;
  /** Of a workspace: the packages that it needs are listed by themselves. */
  link?: boolean;
}

const PERMISSIVE = /\b(0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|ISC|MIT|Unlicense)\b/;
/** Image libraries, LGPL: used as they come, as files of their own that anybody may exchange, which is what it asks for. */
const LGPL = /^node_modules\/(@img\/sharp-|libheif-js$)/;

test('what is installed with Pixmill may be used by anybody, for anything', () => {
  const lock = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(([, { dev, link }]) => !dev && !link);
  assert.ok(installed.length > 100);
  const others = installed
    .filter(([path, { license = '' }]) => !LGPL.test(path) && (!PERMISSIVE.test(license) || / AND /.test(license)))
    .map(([path, { license }]) => `${path} ${license}`);
  assert.deepEqual(others, []);
});
