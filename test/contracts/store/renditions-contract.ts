import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imageKeys, type StoredRendition } from '../../../src/domain/image.ts';
import { DEFAULT_OPTIONS } from '../../../src/domain/options.ts';
import type { RequestStore } from '../../../src/pipeline/ports/store.ts';
import { done, publish } from '../../support/rows.ts';
import type { OpenStore } from './store-bench.ts';

const rendition = (name: string, key: string): StoredRendition => {
  return { name, key, formatOut: 'webp', width: 320, height: 240, bytesOut: 100 };
};

export function renditionsContract(open: OpenStore): void {
  const settleWith = (
    store: RequestStore,
    request: number,
    number: number,
    renditions?: StoredRendition[],
    lease = 9,
  ) =>
    store.recordOutcomes([
      { request, number, attempts: 1, lease, settlement: { ...done(`k${number}`), ...(renditions && { renditions }) } },
    ]);
  const imagesOf = async (store: RequestStore, request: number) =>
    (await store.products(request, { from: 0 })).flatMap(({ images }) => images);

  describe('renditions', () => {
    test('come back with their images in their order; an image with the same link has the same ones', async () => {
      const { store } = await open();
      const { number, id } = await publish(store, [['https://a/1', 'https://a/2'], ['https://a/1']]);
      const both = [rendition('zoom', 'k0-zoom'), rendition('a', 'k0-a')];
      await settleWith(store, number, 0, both);
      await settleWith(store, number, 1);
      const images = await imagesOf(store, number);
      assert.deepEqual(
        images.map(({ renditions }) => renditions),
        [both, [], both],
      );
      // They count in their own bytes alone.
      assert.equal((await store.progress(id))?.bytesOut, 1_200);
    });

    test('of an outcome that is refused are not kept', async () => {
      const { store } = await open();
      const { number } = await publish(store, [['https://a/1']]);
      await settleWith(store, number, 0);
      await settleWith(store, number, 0, [rendition('late', 'k0-late')]);
      assert.deepEqual((await imagesOf(store, number))[0]?.renditions, []);
    });

    test('are deleted with their image, and until then are no files without an image', async () => {
      const { store } = await open();
      const secret = Buffer.alloc(32, 77);
      const image = { row: 0, position: 1, productName: 'Mug', serial: '1', inputUrl: 'https://a/1' };
      const pictures = ['main', 'thumb'].map((name) => ({ name, format: 'webp' as const }));
      const [main = '', thumb = ''] = imageKeys(secret, image, '{serial}', pictures);
      const { number, id } = await publish(store, [['https://a/1']], { request: { secret } });
      const settlement = { ...done(main), renditions: [rendition('thumb', thumb)] };
      await store.recordOutcomes([{ request: number, number: 0, attempts: 1, lease: 9, settlement }]);
      assert.deepEqual(await store.unknownKeys([main, thumb]), []);
      const removed: string[] = [];
      await store.deleteRequest(id, async (keys) => void removed.push(...keys));
      assert.deepEqual(removed.sort(), [main, thumb].sort());
      assert.deepEqual((await store.unknownKeys([main, thumb])).sort(), [main, thumb].sort());
    });
  });

  test('what file names are made of comes with the images: serial number, and cells of the named columns', async () => {
    const { store } = await open();
    const named = await publish(store, [['https://a/1']], {
      request: {
        options: { ...DEFAULT_OPTIONS, on_error: 'refuse', name: '{serial}-{column:Product Name}-{column:S. No.}' },
      },
    });
    const shard = await store.loadShard(named.number, 0);
    assert.deepEqual(shard?.images[0]?.serial, '1');
    assert.deepEqual(shard?.images[0]?.columns, { 'Product Name': 'Mug 1', 'S. No.': '1' });
  });
}
