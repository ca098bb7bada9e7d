import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LAYOUT, newRequest, publish } from '../../support/rows.ts';
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

    test('requests are found by file name and label, in any case and any script, with characters taken as they are', async () => {
      const { store } = await open();
      const options = newRequest().options;
      const named = async (fileName: string, label?: string) =>
        (
          await publish(store, [['https://a/1']], {
            request: { fileName, options: { ...options, ...(label && { label }) } },
          })
        ).id;
      const spring = await named('MÖBEL.csv', 'Frühjahr 100 %');
      const autumn = await named('products_1.csv', 'ОСЕНЬ');
      const found = async (text: string) => (await store.listRequests({ limit: 9, text })).map(({ id }) => id);
      assert.deepEqual(await found('möbel'), [spring]);
      assert.deepEqual(await found('FRÜH'), [spring]);
      assert.deepEqual(await found('осень'), [autumn]);
      assert.deepEqual(await found('%'), [spring]);
      assert.deepEqual(await found('s_1'), [autumn]);
      assert.deepEqual(await found('.csv'), [autumn, spring]);
      assert.deepEqual(await found("'; drop"), []);
      assert.deepEqual(await found('label'), []);
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
