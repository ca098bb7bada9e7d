import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ownerOfCustomer, ownerOfKey } from '../../../src/domain/customer.ts';
import { publish, settle } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

const KEY = ownerOfKey('0123456789abcdef');
const ACME = ownerOfCustomer('acme');
const DAY = 86_400_000;

export function customersContract(open: OpenStore): void {
  describe('customers', () => {
    test('what a plain key uploaded belongs for good to the customer that first names it', async () => {
      const { store } = await open();
      const own = { request: { owner: ACME }, upload: { idempotencyKey: 'monday', digest: 'own' } };
      await publish(store, [['https://a/0']], own);
      const before = await publish(store, [['https://a/1']], {
        request: { owner: KEY },
        upload: { idempotencyKey: 'monday', digest: 'other' },
      });
      await publish(store, [['https://a/2']], { request: { owner: KEY }, upload: { idempotencyKey: 'tuesday' } });
      assert.equal(await store.hasRequests(KEY), true);
      assert.equal(await store.claimKey(KEY, 'acme'), 'acme');
      assert.equal(await store.hasRequests(KEY), false);
      assert.equal((await store.progress(before.id, ACME))?.id, before.id);
      assert.equal(await store.progress(before.id, KEY), undefined);
      // An Idempotency-Key that both have used stays the customer's own.
      assert.equal((await store.findUpload(ACME, 'monday'))?.digest, 'own');
      assert.ok(await store.findUpload(ACME, 'tuesday'));
      assert.deepEqual(await store.usage(ACME), { imagesToday: 3, openRequests: 3 });
      assert.equal(await store.claimKey(KEY, 'other'), 'acme', 'nobody takes it away');
      assert.equal((await store.progress(before.id, ACME))?.id, before.id);
      assert.deepEqual([...(await store.claims([KEY, 'nobody']))], [[KEY, 'acme']]);
      assert.deepEqual([...(await store.claims([]))], []);
    });

    test('requests, images and bytes are counted by owner and day', async () => {
      const { store, setTime } = await open();
      const { number } = await publish(store, [['https://a/1', 'https://a/1']], { request: { owner: ACME } });
      await publish(store, [['https://a/2']], { request: { owner: KEY } });
      setTime(DAY);
      await settle(store, number, [[0, 'k']]);
      await publish(store, [['https://a/3']], { request: { owner: ACME } });
      const all = await store.usedDays({ from: 0, to: 1 });
      const { bytesIn, bytesOut } = (await store.listRequests({ owner: ACME, limit: 9 }))[1] ?? assert.fail();
      assert.deepEqual(
        all.map((used) => ({ ...used })),
        [
          { owner: KEY, day: 0, requests: 1, images: 1, imagesReused: 0, bytesTransferred: 0, bytesOut: 0 },
          { owner: ACME, day: 0, requests: 1, images: 2, imagesReused: 0, bytesTransferred: 0, bytesOut: 0 },
          // Both images have the link, which was downloaded once.
          { owner: ACME, day: 1, requests: 1, images: 1, imagesReused: 0, bytesTransferred: bytesIn / 2, bytesOut },
        ],
      );
      assert.ok(bytesIn > 0 && bytesOut > 0);
      assert.deepEqual(
        (await store.usedDays({ owner: ACME, from: 1, to: 1 })).map(({ day }) => day),
        [1],
      );
    });

    test('trying images again counts like an upload', async () => {
      const { store } = await open();
      const quotas = { imagesPerDay: 3, openRequests: 1 };
      const upload = () => publish(store, [['https://a/1', 'https://a/2']], { request: { owner: ACME }, quotas });
      const first = await upload();
      await store.cancelRequest(first.id);
      const refused = { code: 'quota_exceeded' };
      await assert.rejects(store.retryFailed(first.id, ACME, quotas), refused);
      assert.equal((await store.progress(first.id))?.status, 'Cancelled');
      assert.equal((await store.usage(ACME)).imagesToday, 2, 'what is refused does not count');
      const one = { imagesPerDay: 0, openRequests: 1 };
      await publish(store, [['https://a/1']], { request: { owner: ACME }, quotas: one });
      await assert.rejects(store.retryFailed(first.id, ACME, one), refused);
      assert.equal(await store.retryFailed(first.id, ACME, { imagesPerDay: 5, openRequests: 2 }), 2);
      assert.deepEqual(await store.usage(ACME), { imagesToday: 5, openRequests: 2 });
    });

    test('a customer is forgotten', async () => {
      const { store } = await open();
      await store.claimKey(KEY, 'acme');
      const { id } = await publish(store, [['https://a/1']], {
        request: { owner: ACME },
        upload: { idempotencyKey: 'monday' },
      });
      assert.deepEqual(await store.requestsOf(ACME, 9), [id]);
      await store.deleteRequest(id, async () => undefined);
      await store.forgetCustomer(ACME);
      assert.deepEqual(await store.requestsOf(ACME, 9), []);
      assert.deepEqual(await store.usedDays({ from: 0, to: 9 }), []);
      assert.equal((await store.claims([KEY])).size, 0);
      assert.equal(await store.findUpload(ACME, 'monday'), undefined);
    });
  });

  describe('sessions', () => {
    test('one that was ended stays so until it would have ended by itself', async () => {
      const { store, setTime } = await open();
      await store.endSession('a', 2_000);
      await store.endSession('a', 2_000);
      assert.equal(await store.isSessionEnded('a'), true);
      assert.equal(await store.isSessionEnded('b'), false);
      setTime(3_000);
      await store.endSession('b', 4_000);
      assert.deepEqual([await store.isSessionEnded('a'), await store.isSessionEnded('b')], [false, true]);
    });
  });
}
