import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILURES } from '../../src/domain/catalogues/failures.ts';
import { ImageFailure, tooManyPixels, tooManyRedirects } from '../../src/domain/failure.ts';

test('a failure at a limit names the limit that is configured', () => {
  assert.equal(tooManyRedirects(2).message, 'The link is redirected more than 2 times.');
  assert.equal(tooManyRedirects(1).message, 'The link is redirected more than once.');
  assert.match(tooManyPixels({ pixels: 12_500_000, frames: 40 }).message, /12\.5 megapixels.*40 frames/);
  const sentences = Object.values(FAILURES).map(({ message, hint }) => `${message} ${hint}`);
  assert.deepEqual(
    sentences.filter((sentence) => /\d/.test(sentence)),
    [],
    'sentences that hold for every configuration name no number',
  );
});

test('what is not the fault of an image uses up none of its tries, wherever it was noticed', () => {
  const { countsAsTry, retry, retryAfterMs } = new ImageFailure('storage_failed', { cause: new Error('full') });
  assert.deepEqual({ countsAsTry, retry, retryAfterMs }, { countsAsTry: false, retry: true, retryAfterMs: 5_000 });
});
