import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostTally } from '../../src/pipeline/host-tally.ts';

test('every host counts, and those with the most images come first', () => {
  const hosts = new HostTally();
  for (let i = 0; i < 20_000; i++) for (const host of ['b.example', `${i}.example`]) hosts.add(host);
  hosts.add('7.example');
  assert.equal(hosts.total, 20_001);
  assert.deepEqual(hosts.greatest(2), [
    { host: 'b.example', images: 20_000 },
    { host: '7.example', images: 2 },
  ]);
});
