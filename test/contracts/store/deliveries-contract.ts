import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function deliveriesContract(open: OpenStore): void {
  describe('deliveries', () => {
    test('every webhook attempt is kept, and a redelivery starts over with the same id', async () => {
      const { store, jobs } = await open();
      const { number } = await publish(store, [['https://a/1']], { request: { webhookUrl: 'https://hook/' } });
      assert.equal(await store.redeliver(number), false);
      await settle(store, number, [[0, 'k']]);
      const found = await store.findDelivery(number, 1);
      assert.ok(found);
      const { webhookId, url } = found.delivery;
      const attempt = { webhookId, url, at: 5, durationMs: 3, statusCode: 500, error: null, nextAt: 99 };
      await store.recordAttempt({ ...found.delivery, step: 1 }, { ...attempt, state: 'waiting' });
      assert.equal((await store.findDelivery(number, 1))?.delivery.step, 1);
      assert.equal(await store.redeliver(number), true);
      assert.deepEqual(await store.deliveries(number), [{ ...attempt, state: 'waiting' }]);
      const again = await store.findDelivery(number, 1);
      assert.deepEqual([again?.delivery.step, again?.delivery.webhookId], [0, webhookId]);
      assert.equal((await jobs()).filter(({ kind }) => kind === 'webhook').length, 1);
    });
  });
}
