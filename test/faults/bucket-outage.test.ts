import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyInLongRun } from '../support/long-run.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { bucketOutage } from './bucket-outage.ts';

test('a bucket that is away for a while fails no image; its images are 503 meanwhile (npm run soak: a minute)', {
  skip: onlyInLongRun,
}, async () => {
  const { failed, served, answers } = await bucketOutage(temporaryFolder(), 8_000, 40);
  assert.deepEqual([failed, served], [0, 40]);
  const away = { image: 503, status: 200, ready: 503 };
  assert.deepEqual(answers, [away, away]);
});
