import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageKey } from '../../src/domain/image.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Job } from '../../src/pipeline/ports/queue.ts';
import type { NewProduct, RequestStore } from '../../src/pipeline/ports/store.ts';
import { done, FAILED, LAYOUT, newProducts, newRequest, publish, uploadOf } from '../support/rows.ts';

export interface StoreBench {
  store: RequestStore;
  /** All jobs in the queue, in the order in which they were put there. */
  jobs(): Promise<Job[]>;
  setTime(now: number): void;
}

/** What every store must do, whatever database is below it. */
export function storeContract(name: string, open: () => Promise<StoreBench>): void {
  const settle = (
    store: RequestStore,
    request: number,
    settlements: [number, Parameters<typeof done>[0] | 'failed'][],
  ) =>
    store.recordOutcomes(
      settlements.map(([number, key]) => ({
        request,
        number,
        attempts: 1,
        lease: 9,
        settlement: key === 'failed' ? FAILED : done(key),
      })),
    );

  describe(`store on ${name}`, () => {
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
        const issue = { line: 1, column: null, code: 'missing_name', message: 'No name.' };
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

    test('refused rows come back in the order of the file', async () => {
      const { store } = await open();
      const number = await store.beginRequest(newRequest());
      const issue = (line: number) => ({ line, column: 'Product Name', code: 'missing_name', message: 'No name.' });
      await store.appendRejected(number, [
        { line: 3, cells: ['3', '', 'x'], issue: issue(3) },
        { line: 7, cells: ['7', '', 'y'], issue: issue(7) },
      ]);
      assert.deepEqual(await store.rejectedRows(number, { afterLine: 3, limit: 9 }), [
        { line: 7, cells: ['7', '', 'y'], issue: issue(7) },
      ]);
      await store.publishRequest(number, uploadOf([], { idempotencyKey: 'key' }));
      const { errors, errorCount, id = '' } = (await store.findUpload('', 'key')) ?? {};
      assert.deepEqual([errors, errorCount], [[issue(3), issue(7)], 2]);
      assert.equal((await store.progress(id))?.rejectedTotal, 2);
    });

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

    test('a setting is made once', async () => {
      const { store } = await open();
      assert.equal(await store.setting('secret', () => 'first'), 'first');
      assert.equal(await store.setting('secret', () => 'second'), 'first');
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

    test('what is kept is counted by status, with the bytes of what is done', async () => {
      const { store } = await open();
      const finished = await publish(store, [['https://a/1']]);
      await publish(store, [['https://a/2']]);
      await settle(store, finished.number, [[0, 'k']]);
      const { status, bytesOut } = (await store.progress(finished.id)) ?? assert.fail();
      const inventory = await store.inventory();
      assert.deepEqual(
        inventory.toSorted((a, b) => a.status.localeCompare(b.status)),
        [
          { status, requests: 1, bytesOut },
          { status: 'Pending', requests: 1, bytesOut: 0 },
        ],
      );
      assert.ok(bytesOut > 0);
    });
  });
}
