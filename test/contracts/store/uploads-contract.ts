import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../src/domain/problem.ts';
import type { RequestStore } from '../../../src/pipeline/ports/store.ts';
import { newProducts, newRequest, publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function uploadsContract(open: OpenStore): void {
  describe('uploads', () => {
    test('a request that is not published is seen by nobody and leaves nothing when it is discarded', async () => {
      const { store, jobs } = await open();
      const request = newRequest();
      const number = await store.beginRequest(request);
      await store.appendProducts(number, newProducts([['https://a/1.jpg']]));
      assert.equal(await store.progress(request.id), undefined);
      assert.deepEqual(await store.listRequests({ limit: 10 }), []);
      await store.discardRequest(number);
      assert.deepEqual(await store.products(number, { from: 0, limit: 10 }), []);
      assert.deepEqual(await jobs(), []);
    });

    test('publishing makes request, products, images and jobs visible together', async () => {
      const { store, jobs } = await open();
      const links = Array.from({ length: 60 }, (_, i) => [`https://a/${i}.jpg`, `https://b/${i}.jpg`]);
      const { id, number } = await publish(store, links);
      const progress = await store.progress(id);
      assert.equal(progress?.status, 'Pending');
      assert.equal(progress.imagesTotal, 120);
      assert.deepEqual(
        await jobs(),
        [0, 1, 2].map((shard) => ({ kind: 'shard', request: number, shard })),
      );
      const [, second] = await store.products(number, { from: 0, limit: 2 });
      assert.deepEqual(second?.cells, ['2', 'Mug 2', null]);
      assert.deepEqual(
        second?.images.map(({ position, inputUrl, status }) => [position, inputUrl, status]),
        [
          [1, 'https://a/1.jpg', 'pending'],
          [2, 'https://b/1.jpg', 'pending'],
        ],
      );
    });

    test('an Idempotency-Key names one upload for a day', async () => {
      const { store, setTime } = await open();
      const { id } = await publish(store, [['https://a/1']], { upload: { idempotencyKey: 'key', digest: 'one' } });
      assert.equal((await store.findUpload('', 'key'))?.id, id);
      assert.equal((await store.findUpload('', 'key'))?.digest, 'one');
      const other = publish(store, [['https://a/2']], { upload: { idempotencyKey: 'key', digest: 'two' } });
      await assert.rejects(other, (error) => error instanceof Problem && error.code === 'idempotency_conflict');
      setTime(1_000 + 25 * 3_600_000);
      assert.equal(await store.findUpload('', 'key'), undefined);
      const later = await publish(store, [['https://a/3']], { upload: { idempotencyKey: 'key', digest: 'three' } });
      assert.equal((await store.findUpload('', 'key'))?.id, later.id);
    });

    describe('quotas', () => {
      const quotas = { imagesPerDay: 5, openRequests: 3 };
      const accept = (store: RequestStore, images: number, owner = '', limits = quotas) =>
        publish(store, [Array.from({ length: images }, (_, i) => `https://a/${i}`)], {
          request: { owner },
          quotas: limits,
        });
      const refused = (error: unknown) => error instanceof Problem && error.code === 'quota_exceeded';

      test('images are counted by owner and day, and a refused upload leaves neither rows nor jobs nor a count', async () => {
        const { store, jobs, setTime } = await open();
        await accept(store, 3);
        await assert.rejects(accept(store, 3), (error: Problem) => {
          assert.match(error.detail ?? '', /^Limit of images a day: 5, used: 3, asked for: 3\. /);
          assert.equal(error.retryAfterSeconds, 86_399);
          return refused(error);
        });
        assert.equal((await jobs()).length, 1);
        assert.equal((await store.listRequests({ limit: 9 })).length, 1);
        assert.deepEqual(await store.usage(''), { imagesToday: 3, openRequests: 1 });
        await accept(store, 3, 'other');
        await accept(store, 2);
        setTime(24 * 3_600_000);
        await accept(store, 3);
      });

      test('a deleted request gives its place back, its images not', async () => {
        const { store } = await open();
        const { id } = await accept(store, 5);
        await store.deleteRequest(id, async () => undefined);
        assert.deepEqual(await store.usage(''), { imagesToday: 5, openRequests: 0 });
        await assert.rejects(accept(store, 1), refused);
      });

      test('only unfinished requests count as open', async () => {
        const { store } = await open();
        const first = await accept(store, 1);
        for (let i = 0; i < 2; i++) await accept(store, 1);
        await assert.rejects(accept(store, 1), refused);
        await settle(store, first.number, [[0, 'k']]);
        await accept(store, 1);
      });

      test('of uploads at the same time no more are accepted than fit', async () => {
        const { store } = await open();
        const results = await Promise.allSettled(Array.from({ length: 8 }, () => accept(store, 2)));
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
        assert.deepEqual(await store.usage(''), { imagesToday: 4, openRequests: 2 });
        const open3 = { imagesPerDay: 0, openRequests: 3 };
        const more = await Promise.allSettled(Array.from({ length: 8 }, () => accept(store, 1, '', open3)));
        assert.equal(more.filter(({ status }) => status === 'fulfilled').length, 1);
        for (const result of [...results, ...more]) if (result.status === 'rejected') assert.ok(refused(result.reason));
      });

      test('a repeated Idempotency-Key is told so, and not counted again', async () => {
        const { store } = await open();
        const upload = { idempotencyKey: 'key' };
        await publish(store, [['https://a/1']], { upload, quotas });
        await assert.rejects(publish(store, [['https://a/1']], { upload, quotas }), { code: 'idempotency_conflict' });
        assert.deepEqual(await store.usage(''), { imagesToday: 1, openRequests: 1 });
      });
    });
  });
}
