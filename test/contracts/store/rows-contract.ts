import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { csvIssue, shownIssue } from '../../../src/domain/csv-issue.ts';
import type { NewProduct } from '../../../src/pipeline/ports/store/records.ts';
import type { RequestStore } from '../../../src/pipeline/ports/store.ts';
import { newProducts, newRequest, publish, settle, uploadOf } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

export function rowsContract(open: OpenStore): void {
  describe('rows', () => {
    test('products come in pages by row, and only those with failed images when asked so', async () => {
      const { store } = await open();
      const { number } = await publish(store, [['https://a/0'], ['https://a/1', 'https://a/2'], ['https://a/3']]);
      await settle(store, number, [
        [0, 'k0'],
        [2, 'failed'],
      ]);
      const rows = async (query: Parameters<RequestStore['products']>[1]) =>
        (await store.products(number, query)).map(({ row, images }) => [row, images.map((image) => image.number)]);
      assert.deepEqual(await rows({ from: 1, limit: 1 }), [[1, [1, 2]]]);
      assert.deepEqual(await rows({ from: 0, limit: 9, status: 'failed' }), [[1, [2]]]);
      assert.deepEqual(await rows({ from: 2, limit: 9, status: 'failed' }), []);
    });

    test('rows without an image come only when asked for, and count nothing', async () => {
      const { store } = await open();
      const { id, number } = await publish(store, [[], ['https://a/0'], [], ['https://a/1', 'https://a/2'], []]);
      const rows = async (imageless?: boolean) =>
        (await store.products(number, { from: 0, limit: 9, ...(imageless ? { imageless } : {}) })).map(
          ({ row, images }) => [row, images.map((image) => image.number)],
        );
      assert.deepEqual(await rows(), [
        [1, [0]],
        [3, [1, 2]],
      ]);
      assert.deepEqual(await rows(true), [
        [0, []],
        [1, [0]],
        [2, []],
        [3, [1, 2]],
        [4, []],
      ]);
      assert.equal((await store.progress(id))?.shop, null);
    });

    describe('pages', () => {
      const KB = 1_000;

      /** Publishes products that were made large, or otherwise different. */
      async function publishAs(store: RequestStore, links: string[][], change: (product: NewProduct) => object) {
        const products = newProducts(links).map((product) => ({ ...product, ...change(product) }));
        const number = await store.beginRequest(newRequest());
        await store.appendProducts(number, products);
        await store.publishRequest(number, uploadOf(products));
        return number;
      }

      /** How many products each page has, until there is none left. */
      async function pagesOf(
        store: RequestStore,
        number: number,
        query: Partial<Parameters<RequestStore['products']>[1]> = {},
      ): Promise<number[]> {
        const sizes: number[] = [];
        for (let from = 0; ; ) {
          const page = await store.products(number, { ...query, from });
          const last = page.at(-1);
          if (!last) return sizes;
          from = last.row + 1;
          sizes.push(page.length);
        }
      }

      const rows = (count: number) => Array.from({ length: count }, (_, row) => [`https://a/${row}`]);
      const cellsOf = (...sizes: number[]) => {
        return ({ row }: NewProduct) => ({ cells: [`${row}`, 'Mug', null, 'x'.repeat((sizes[row] ?? 0) * KB)] });
      };

      test('have a megabyte of cells, or a single row, and nothing is lost between them', async () => {
        const { store } = await open();
        const number = await publishAs(store, rows(6), cellsOf(400, 500, 300, 3_000, 1, 1));
        assert.deepEqual(await pagesOf(store, number), [2, 1, 1, 2]);
        assert.deepEqual(await pagesOf(store, number, { limit: 1 }), [1, 1, 1, 1, 1, 1]);
        const [large] = await store.products(number, { from: 3 });
        assert.equal(large?.cells[3]?.length, 3_000 * KB);
      });

      test('of short rows are as long as they are asked for, up to 250', async () => {
        const { store } = await open();
        const number = await publishAs(store, rows(600), cellsOf());
        assert.deepEqual(await pagesOf(store, number), [250, 250, 100]);
        assert.deepEqual(await pagesOf(store, number, { limit: 400 }), [250, 250, 100]);
        assert.deepEqual(await pagesOf(store, number, { limit: 200 }), [200, 200, 200]);
      });

      test('end before there are too many images for one', async () => {
        const { store } = await open();
        const links = Array.from({ length: 30 }, (_, row) =>
          Array.from({ length: 50 }, (_, i) => `https://a/${row}/${i}`),
        );
        const number = await publishAs(store, links, cellsOf());
        assert.deepEqual(await pagesOf(store, number), [10, 10, 10]);
        const [first] = await store.products(number, { from: 29 });
        assert.equal(first?.images.at(-1)?.inputUrl, 'https://a/29/49');
      });

      test('of failed images, and without rows that have none, are cut and go on alike', async () => {
        const { store } = await open();
        const links = Array.from({ length: 8 }, (_, row) => (row % 2 ? [`https://a/${row}`] : []));
        const number = await publishAs(store, links, cellsOf(600, 600, 600, 600, 600, 600, 600, 600));
        await settle(store, number, [
          [1, 'failed'],
          [3, 'failed'],
        ]);
        assert.deepEqual(await pagesOf(store, number), [1, 1, 1, 1]);
        assert.deepEqual(await pagesOf(store, number, { imageless: true }), [1, 1, 1, 1, 1, 1, 1, 1]);
        assert.deepEqual(await pagesOf(store, number, { status: 'failed' }), [1, 1]);
        const [failed] = await store.products(number, { from: 4, status: 'failed' });
        assert.deepEqual([failed?.row, failed?.images.length], [7, 1]);
      });

      test('bring neither cells nor names to those who want none', async () => {
        const { store } = await open();
        const number = await publishAs(store, rows(1), cellsOf(1));
        const [product] = await store.products(number, { from: 0, cells: false });
        assert.deepEqual([product?.cells, product?.name], [[], 'Mug 1']);
        const [bare] = await store.products(number, { from: 0, cells: false, names: false });
        assert.deepEqual([bare?.cells, bare?.name, bare?.serial, bare?.images.length], [[], '', '', 1]);
      });

      test('a name that rows take from above is stored once, and counts where it is read', async () => {
        const { store } = await open();
        const name = 'Mug '.repeat(100 * KB);
        const number = await publishAs(store, rows(5), ({ row }) =>
          row === 0 ? { name } : row === 4 ? { name: 'Cup' } : { name, nameRow: 0 },
        );
        assert.deepEqual(await pagesOf(store, number), [3, 2]);
        assert.deepEqual(await pagesOf(store, number, { names: false }), [5]);
        const named = await Promise.all([1, 3, 4].map((from) => store.products(number, { from, limit: 1 })));
        assert.deepEqual(
          named.map(([product]) => product?.name),
          [name, name, 'Cup'],
        );
        // File names are made of its beginning.
        const shard = await store.loadShard(number, 0);
        assert.deepEqual(
          shard?.images.map(({ productName }) => productName),
          [...Array(4).fill(name.slice(0, 240)), 'Cup'],
        );
      });

      test('of rows that were left out have a megabyte, or a single row', async () => {
        const { store } = await open();
        const number = await store.beginRequest(newRequest());
        const issue = csvIssue('missing_images', {});
        const sizes = [400, 500, 300, 2_000, 1];
        await store.appendRejected(
          number,
          sizes.map((size, index) => ({ line: index + 2, cells: ['x'.repeat(size * KB)], issue })),
        );
        const lines = async (afterLine: number) =>
          (await store.rejectedRows(number, { afterLine })).map(({ line }) => line);
        assert.deepEqual([await lines(1), await lines(3), await lines(4), await lines(5)], [[2, 3], [4], [5], [6]]);
        assert.deepEqual(await lines(6), []);
      });
    });

    test('refused rows come back in the order of the file', async () => {
      const { store } = await open();
      const number = await store.beginRequest(newRequest());
      const issue = (line: number) =>
        csvIssue('too_many_urls', { line, column: 'Image Urls' }, { urls: line, limit: 2 });
      const shown = (line: number) => shownIssue(issue(line));
      await store.appendRejected(number, [
        { line: 3, cells: ['3', '', 'x'], issue: issue(3) },
        { line: 7, cells: ['7', '', 'y'], issue: issue(7) },
      ]);
      assert.deepEqual(await store.rejectedRows(number, { afterLine: 3, limit: 9 }), [
        { line: 7, cells: ['7', '', 'y'], issue: shown(7) },
      ]);
      await store.publishRequest(number, uploadOf([], { idempotencyKey: 'key' }));
      const { errors, errorCount, id = '' } = (await store.findUpload('', 'key')) ?? {};
      assert.deepEqual([errors, errorCount], [[shown(3), shown(7)], 2]);
      assert.equal((await store.progress(id))?.rejectedTotal, 2);
    });
  });
}
