import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_RUN, times } from '../support/long-run.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { failingStorage, killAtStep, STEPS } from './step-kills.ts';

for (const step of STEPS) {
  test(`ended ${step}: every image is done once, with its whole file (npm run soak: 20 times)`, async () => {
    const result = await killAtStep(temporaryFolder(), step, LONG_RUN ? [1, 4] : [1], times(30, 60));
    assert.deepEqual(result.violations, []);
    assert.ok(result.killed >= 1);
  });
}

test('storage that fails for a while fails no image (npm run soak: for a minute)', async () => {
  assert.equal(await failingStorage(temporaryFolder(), 3_000, 20), 0);
});
