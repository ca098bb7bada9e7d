import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function inventoryContract(open: OpenStore): void {
  describe('inventory', () => {
    test('what is kept is counted by status, with the bytes of what is done', async () => {
      const { store } = await open();
      const finished = await publish(store, [['https://a/1']]);
      await publish(store, [['https://a/2']]);
      await settle(store, finished.number, [[0, 'k']]);
      const { status, bytesOut } = (await store.progress(finished.id)) ?? assert.fail();
      const inventory = await store.inventory();
      assert.deepEqual(
        inventory.toSorted((a, b) => a.status.localeCompare(b.status)),
        [
          { status, requests: 1, bytesOut },
          { status: 'Pending', requests: 1, bytesOut: 0 },
        ],
      );
      assert.ok(bytesOut > 0);
    });
  });
}
