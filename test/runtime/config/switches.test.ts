import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/runtime/config/config.ts';

const read = (env: Record<string, string>) => readConfig(env, '1.0.0');

test('every switch is on or off, also in the spellings of earlier releases', () => {
  for (const [on, off] of [
    ['on', 'off'],
    ['1', '0'],
    ['true', 'false'],
    ['YES', 'no'],
    ['on', ''],
  ] as const) {
    const { config, problems } = read({ PIXMILL_TRUST_PROXY: on, PIXMILL_DECODE_AS_ROOT: off });
    assert.deepEqual([config?.trustProxy, config?.decodeAsRoot, problems], [1, false, []]);
    const other = read({ PIXMILL_UNSAFE_DATABASE: on, PIXMILL_REMOVE_ORPHANS: off }).config;
    // Left empty it has its default.
    assert.deepEqual([other?.unsafeDatabase, other?.removeOrphans], [true, off === '']);
  }
});

test('a server beyond this machine needs keys, or the word that it does not', () => {
  const open = { PIXMILL_HOST: '0.0.0.0' };
  assert.match(read(open).problems.join(), /PIXMILL_AUTH=off/);
  assert.match(read({ ...open, PIXMILL_AUTH: 'on' }).problems.join(), /PIXMILL_AUTH=off/);
  assert.deepEqual(read({ ...open, PIXMILL_AUTH: 'off' }).problems, []);
});

test('anything else is a problem that names the variable', () => {
  assert.deepEqual(read({ PIXMILL_AUTH: 'maybe' }).problems, ['PIXMILL_AUTH must be on or off (it is "maybe").']);
});
