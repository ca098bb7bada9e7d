import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function lifecycleContract(open: OpenStore): void {
  describe('lifecycle', () => {
    test('a retry brings back failed images only, and finishing again is a new webhook', async () => {
      const { store, jobs } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2']], {
        request: { webhookUrl: 'https://hook/' },
      });
      await settle(store, number, [
        [0, 'k'],
        [1, 'failed'],
      ]);
      assert.equal(await store.retryFailed(id), 1);
      const progress = await store.progress(id);
      assert.deepEqual([progress?.status, progress?.imagesDone, progress?.imagesFailed], ['Pending', 1, 0]);
      assert.deepEqual(
        (await store.loadShard(number, 0))?.images.map((image) => [image.number, image.attempts]),
        [[1, 0]],
      );
      await settle(store, number, [[1, 'k2']]);
      assert.deepEqual(
        (await jobs()).filter(({ kind }) => kind === 'webhook'),
        [1, 2].map((delivery) => ({ kind: 'webhook', request: number, delivery })),
      );
      assert.equal(await store.retryFailed(id), 0);
    });

    test('cancelling fails what is pending, keeps what is done, and lets no late outcome in', async () => {
      const { store, jobs } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2'], ['https://a/3']]);
      await settle(store, number, [[0, 'k']]);
      assert.equal(await store.cancelRequest(id), true);
      await settle(store, number, [[1, 'late']]);
      const progress = await store.progress(id);
      assert.deepEqual([progress?.status, progress?.imagesDone, progress?.imagesFailed], ['Cancelled', 1, 2]);
      assert.deepEqual(await jobs(), []);
      assert.equal(await store.loadShard(number, 0), undefined);
      assert.equal(await store.cancelRequest(id), false);
    });

    test('deleting hands out every file once and leaves no row', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/1'], ['https://a/2']], {
        upload: { idempotencyKey: 'key' },
      });
      await settle(store, number, [
        [0, 'k0'],
        [2, 'k2'],
      ]);
      const removed: string[] = [];
      assert.equal(await store.deleteRequest(id, async (keys) => void removed.push(...keys)), true);
      assert.deepEqual(removed, ['k0', 'k2']);
      assert.equal(await store.progress(id), undefined);
      assert.deepEqual(await store.products(number, { from: 0, limit: 9 }), []);
      assert.equal(await store.findUpload('', 'key'), undefined);
      assert.equal(await store.deleteRequest(id, async () => {}), false);
    });
  });
}
