import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyInLongRun } from '../support/long-run.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { killRun } from './kill-run.ts';

test('ten kills at random moments lose nothing and double nothing (npm run soak: 200)', {
  skip: onlyInLongRun || process.platform !== 'linux',
}, async (t) => {
  const result = await killRun({
    dataDir: temporaryFolder(),
    requests: 6,
    imagesPerRequest: 40,
    kills: 10,
    pauseMs: 1_200,
    seed: 11,
    say: (line) => t.diagnostic(line),
  });
  assert.deepEqual(result.violations, []);
  assert.ok(result.recoveryMs < 60_000);
});
