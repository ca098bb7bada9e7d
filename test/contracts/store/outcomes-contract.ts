import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { done, publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function outcomesContract(open: OpenStore): void {
  describe('outcomes', () => {
    test('a shard holds its own pending images, first of their link, and starts the request', async () => {
      const { store, setTime } = await open();
      const links = Array.from({ length: 51 }, (_, i) => [`https://a/${i % 50}.jpg`]);
      const { id, number } = await publish(store, links);
      setTime(5_000);
      const shard = await store.loadShard(number, 0);
      assert.equal(shard?.images.length, 50);
      assert.equal(shard?.images[3]?.productName, 'Mug 4');
      assert.deepEqual((await store.loadShard(number, 1))?.images, []);
      const progress = await store.progress(id);
      assert.equal(progress?.status, 'Processing');
      assert.equal(progress?.startedAt, 5_000);
    });

    test('an image settles once: a second outcome changes neither its row nor the counters', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1', 'https://a/2']]);
      await settle(store, number, [[0, 'first']]);
      await settle(store, number, [[0, 'failed']]);
      await settle(store, number, [[0, 'second']]);
      const progress = await store.progress(id);
      assert.deepEqual([progress?.imagesDone, progress?.imagesFailed, progress?.bytesIn], [1, 0, 1000]);
      const [product] = await store.products(number, { from: 0, limit: 1 });
      assert.equal(product?.images[0]?.key, 'first');
    });

    test('a result of a worker whose shard somebody else has got since is refused, pending or not', async () => {
      const { store } = await open();
      const links = Array.from({ length: 20 }, (_, i) => [`https://a/${i}.jpg`]);
      const { id, number } = await publish(store, links);
      const frozen = await store.loadShard(number, 0);
      const heir = await store.loadShard(number, 0);
      assert.ok(frozen && heir && heir.lease > frozen.lease);
      const outcome = (image: number, lease: number, key: string) => ({
        request: number,
        number: image,
        attempts: 1,
        lease,
        settlement: done(key),
      });
      for (let i = 0; i < 20; i++) await store.recordOutcomes([outcome(i, frozen.lease, 'late')]);
      assert.equal((await store.progress(id))?.imagesDone, 0);
      for (let i = 0; i < 20; i++) await store.recordOutcomes([outcome(i, heir.lease, `k${i}`)]);
      const progress = await store.progress(id);
      assert.deepEqual([progress?.status, progress?.imagesDone, progress?.bytesIn], ['Completed', 20, 20_000]);
      const images = (await store.products(number, { from: 0, limit: 20 })).flatMap((product) => product.images);
      assert.deepEqual(
        images.map(({ key }) => key),
        images.map((_, i) => `k${i}`),
      );
      assert.equal(await store.deleteRequest(id, async () => {}), true);
    });

    test('images with a repeated link settle with the first one', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/1'], ['https://a/2'], ['https://a/2']]);
      await settle(store, number, [
        [0, 'k'],
        [2, 'failed'],
      ]);
      const progress = await store.progress(id);
      assert.deepEqual([progress?.status, progress?.imagesDone, progress?.imagesFailed], ['Completed', 2, 2]);
      const products = await store.products(number, { from: 0, limit: 9 });
      assert.deepEqual(
        products.map(({ images }) => images[0]?.key),
        ['k', 'k', null, null],
      );
      assert.equal(products[3]?.images[0]?.error?.code, 'http_404');
    });

    test('an image that must wait stays pending with its tries counted', async () => {
      const { store } = await open();
      const { number } = await publish(store, [['https://a/1']]);
      await store.recordOutcomes([
        { request: number, number: 0, attempts: 2, lease: 9, settlement: { kind: 'later', retryAt: 77 } },
      ]);
      const image = (await store.loadShard(number, 0))?.images[0];
      assert.deepEqual([image?.attempts, image?.retryAt], [2, 77]);
    });

    test('the last image finishes the request and queues one webhook in the same commit', async () => {
      const { store, jobs } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2']], {
        request: { webhookUrl: 'https://hook/' },
      });
      await settle(store, number, [[0, 'failed']]);
      assert.equal((await store.progress(id))?.status, 'Pending');
      await settle(store, number, [[1, 'failed']]);
      assert.equal((await store.progress(id))?.status, 'Failed');
      const webhooks = (await jobs()).filter(({ kind }) => kind === 'webhook');
      assert.deepEqual(webhooks, [{ kind: 'webhook', request: number, delivery: 1 }]);
      const found = await store.findDelivery(number, 1);
      assert.equal(found?.delivery.url, 'https://hook/');
      assert.match(found?.delivery.webhookId ?? '', /^msg_/);
    });
  });
}
