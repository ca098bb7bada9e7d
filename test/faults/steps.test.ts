import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_RUN, onlyInLongRun, times } from '../support/long-run.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { failingStorage, killAtStep, STEPS } from './step-kills.ts';

/** Before the file has its name, and before the database knows of it: the two sides of every other step. */
const QUICK: readonly string[] = ['before rename', 'before commit'];

for (const step of STEPS) {
  const skip = QUICK.includes(step) ? false : onlyInLongRun;
  test(`ended ${step}: every image is done once, with its whole file (npm run soak: 20 times)`, { skip }, async () => {
    const result = await killAtStep(temporaryFolder(), step, LONG_RUN ? [1, 4] : [1], times(30, 60));
    assert.deepEqual(result.violations, []);
    assert.ok(result.killed >= 1);
  });
}

test('storage that fails for a while fails no image (npm run soak: for a minute)', async () => {
  assert.equal(await failingStorage(temporaryFolder(), 3_000, 20), 0);
});
