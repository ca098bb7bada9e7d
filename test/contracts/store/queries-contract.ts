import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LAYOUT, publish } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function queriesContract(open: OpenStore): void {
  describe('queries', () => {
    test('whose export it is shows in the progress, in lists and in the record', async () => {
      const { store } = await open();
      const { id } = await publish(store, [['https://a/0']], { request: { layout: { ...LAYOUT, shop: 'shopify' } } });
      const [listed] = await store.listRequests({ limit: 1 });
      const found = [await store.progress(id), await store.findRequest(id), listed];
      assert.deepEqual(
        found.map((request) => request?.shop),
        ['shopify', 'shopify', 'shopify'],
      );
    });

    test('an owner sees its own requests only', async () => {
      const { store } = await open();
      const { id } = await publish(store, [['https://a/1']], { request: { owner: 'me' } });
      assert.equal(await store.progress(id, 'you'), undefined);
      assert.equal(await store.findRequest(id, 'you'), undefined);
      assert.deepEqual(await store.listRequests({ owner: 'you', limit: 9 }), []);
      assert.equal(await store.cancelRequest(id, 'you'), false);
      assert.equal(await store.deleteRequest(id, async () => {}, 'you'), false);
      assert.equal((await store.progress(id, 'me'))?.id, id);
    });

    test('requests are listed newest first, page by page', async () => {
      const { store } = await open();
      const ids: string[] = [];
      for (let i = 0; i < 5; i++) ids.unshift((await publish(store, [['https://a/1']])).id);
      const first = (await store.listRequests({ limit: 2 })).map(({ id }) => id);
      const second = (await store.listRequests({ limit: 9, before: first.at(-1) ?? '' })).map(({ id }) => id);
      assert.deepEqual([...first, ...second], ids);
    });
  });
}
