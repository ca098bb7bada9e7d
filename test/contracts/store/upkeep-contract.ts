import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageKey } from '../../../src/domain/image.ts';
import { newProducts, newRequest, publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function upkeepContract(open: OpenStore): void {
  describe('upkeep', () => {
    test('a crash in the middle of an upload or a deletion is cleaned up at the next start', async () => {
      const { store } = await open();
      const half = newRequest();
      const halfNumber = await store.beginRequest(half);
      await store.appendProducts(halfNumber, newProducts([['https://a/1']]));
      const { id, number } = await publish(store, [['https://a/1']]);
      await settle(store, number, [[0, 'k']]);
      await assert.rejects(
        store.deleteRequest(id, async () => {
          throw new Error('the power went');
        }),
        /power/,
      );
      assert.equal(await store.progress(id), undefined);
      const removed: string[] = [];
      await store.recover(async (keys) => void removed.push(...keys));
      assert.deepEqual(removed, ['k']);
      for (const request of [halfNumber, number]) {
        assert.deepEqual(await store.products(request, { from: 0, limit: 9 }), []);
      }
    });

    test('keys that no image has are told from others, unless an unfinished request may come to have them', async () => {
      const { store } = await open();
      const product = { row: 0, name: 'Mug' };
      const secrets = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
      const [finished = '', running = '', gone = ''] = secrets.map((secret) => imageKey(secret, product, 1, 'jpeg'));
      const [ofFinished, ofRunning] = secrets.map((secret) => ({ request: { secret } }));
      const { number, id } = await publish(store, [['https://a/1']], ofFinished);
      await settle(store, number, [[0, finished]]);
      await publish(store, [['https://a/1']], ofRunning);
      const leftOver = finished.replace('mug-1', 'mug-2');
      const asked = [finished, leftOver, running, gone];
      assert.deepEqual((await store.unknownKeys(asked)).sort(), [leftOver, gone].sort());
      await store.deleteRequest(id, async () => undefined);
      assert.deepEqual((await store.unknownKeys(asked)).sort(), [finished, leftOver, gone].sort());
    });

    test('a seldom task is done by one of many, and again when its time has come', async () => {
      const { store, setTime } = await open();
      const turns = await Promise.all(Array.from({ length: 5 }, () => store.takeTurn('task', 1_000)));
      assert.equal(turns.filter(Boolean).length, 1);
      assert.equal(await store.takeTurn('other', 1_000), true);
      setTime(1_999);
      assert.equal(await store.takeTurn('task', 1_000), false);
      setTime(2_000);
      assert.equal(await store.takeTurn('task', 1_000), true);
    });

    test('finished requests older than a time are found, running ones never', async () => {
      const { store, setTime } = await open();
      const { number, id } = await publish(store, [['https://a/1']]);
      await publish(store, [['https://a/2']]);
      setTime(2_000);
      await settle(store, number, [[0, 'k']]);
      assert.deepEqual(await store.finishedBefore(2_000, 9), []);
      assert.deepEqual(await store.finishedBefore(2_001, 9), [id]);
    });
  });
}
