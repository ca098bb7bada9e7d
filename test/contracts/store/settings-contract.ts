import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OpenStore } from './store-bench.ts';

export function settingsContract(open: OpenStore): void {
  describe('settings', () => {
    test('a setting is made once', async () => {
      const { store } = await open();
      assert.equal(await store.setting('secret', () => 'first'), 'first');
      assert.equal(await store.setting('secret', () => 'second'), 'first');
    });
  });
}
