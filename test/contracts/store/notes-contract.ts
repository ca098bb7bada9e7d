import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkNote, type Note, note } from '../../../src/domain/catalogues/notes.ts';
import type { ProductQuery } from '../../../src/pipeline/ports/store/rows.ts';
import type { RequestStore } from '../../../src/pipeline/ports/store.ts';
import { done, FAILED, publish } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

const REPAIRED = note('link_repaired', { link: 'https://a/1' });
const CHECKED = checkNote('google-merchant', 'too_small', 'The picture has 40 pixels. Upload one of 100 or more.');

export function notesContract(open: OpenStore): void {
  const settleWith = (store: RequestStore, request: number, notes: [number, Note[] | 'failed'][], lease = 9) =>
    store.recordOutcomes(
      notes.map(([number, own]) => ({
        request,
        number,
        attempts: 1,
        lease,
        settlement: own === 'failed' ? FAILED : { ...done(`k${number}`), notes: own },
      })),
    );
  const imagesOf = async (store: RequestStore, request: number, query: Partial<ProductQuery> = {}) =>
    (await store.products(request, { from: 0, ...query })).flatMap(({ images }) => images);

  describe('notes', () => {
    test('come back with their images, and are counted by code', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1', 'https://a/2'], ['https://a/3'], ['https://a/4']]);
      await settleWith(store, number, [
        [0, [REPAIRED, CHECKED]],
        [1, []],
        [2, 'failed'],
      ]);
      await settleWith(store, number, [[3, [REPAIRED, note('hdr_removed'), REPAIRED]]]);
      const images = await imagesOf(store, number);
      assert.deepEqual(
        images.map(({ notes }) => notes),
        [[CHECKED, REPAIRED], [], [], [note('hdr_removed'), REPAIRED]],
      );
      const counts = { check_google_merchant_too_small: 1, hdr_removed: 1, link_repaired: 2 };
      assert.deepEqual((await store.progress(id))?.notes, counts);
      assert.deepEqual((await store.findRequest(id))?.notes, counts);
      assert.deepEqual((await store.listRequests({ limit: 1 }))[0]?.notes, counts);
    });

    test('are those of the first image with the same link', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2'], ['https://a/1']]);
      await settleWith(store, number, [[0, [REPAIRED]]]);
      const [first, , repeated] = await imagesOf(store, number);
      assert.deepEqual([first?.notes, repeated?.notes], [[REPAIRED], [REPAIRED]]);
      assert.deepEqual((await store.progress(id))?.notes, { link_repaired: 2 });
    });

    test('of an outcome that is refused are not kept', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2']]);
      await settleWith(store, number, [[0, [REPAIRED]]]);
      await settleWith(store, number, [[0, [note('hdr_removed')]]]);
      await store.loadShard(number, 0);
      await settleWith(store, number, [[1, [REPAIRED]]], 0);
      assert.deepEqual((await store.progress(id))?.notes, { link_repaired: 1 });
      assert.deepEqual(
        (await imagesOf(store, number)).map(({ notes }) => notes.length),
        [1, 0],
      );
    });

    test('stay through a retry, and go with their request', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [['https://a/1'], ['https://a/2']]);
      await settleWith(store, number, [
        [0, [REPAIRED]],
        [1, 'failed'],
      ]);
      await store.retryFailed(id);
      await settleWith(store, number, [[1, [REPAIRED]]]);
      assert.deepEqual((await store.progress(id))?.notes, { link_repaired: 2 });
      await store.deleteRequest(id, async () => {});
      assert.deepEqual(await imagesOf(store, number), []);
    });

    test('choose products and images, page by page, also together with a status', async () => {
      const { store } = await open();
      const links = Array.from({ length: 600 }, (_, row) => [`https://a/${row}`, `https://b/${row}`]);
      const { number } = await publish(store, links);
      await settleWith(
        store,
        number,
        links.flatMap((_, row): [number, Note[]][] => [
          [2 * row, row % 2 ? [REPAIRED] : []],
          [2 * row + 1, row === 400 ? [note('hdr_removed')] : []],
        ]),
      );
      const rare = await imagesOf(store, number, { note: 'hdr_removed' });
      assert.deepEqual(
        rare.map(({ row, position }) => [row, position]),
        [[400, 2]],
      );
      const pages: number[] = [];
      for (let from = 0; ; ) {
        const page = await store.products(number, { from, note: 'link_repaired' });
        const last = page.at(-1);
        if (!last) break;
        assert.ok(page.every(({ row, images }) => row % 2 === 1 && images.length === 1));
        pages.push(page.length);
        from = last.row + 1;
      }
      assert.deepEqual(pages, [250, 50]);
      assert.equal((await imagesOf(store, number, { note: 'link_repaired', status: 'done', limit: 3 })).length, 3);
      assert.deepEqual(await imagesOf(store, number, { note: 'link_repaired', status: 'failed' }), []);
      assert.deepEqual(await imagesOf(store, number, { note: 'end_missing' }), []);
    });
  });
}
