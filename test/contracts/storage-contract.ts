import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { imageKey, imageKeys } from '../../src/domain/image.ts';
import type { ImageStorage } from '../../src/pipeline/ports/storage.ts';

export interface StorageBench {
  storage: ImageStorage;
  /** Where a file that is to be stored may lie. */
  folder: string;
}

const SECRET = Buffer.alloc(32, 7);
const key = (row: number) => imageKey(SECRET, { row, name: 'Blue Mug' }, 1, 'jpeg');

/** All keys of a storage, sorted. */
export async function listed(storage: Pick<ImageStorage, 'list'>): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of storage.list()) keys.push(...page);
  return keys.sort();
}

/** What every storage must do, wherever it keeps the bytes. */
export function storageContract(name: string, open: () => Promise<StorageBench>): void {
  describe(`storage on ${name}`, () => {
    const put = async ({ storage, folder }: StorageBench, row: number, text: string) => {
      const file = join(folder, `upload-${row}`);
      writeFileSync(file, text);
      await storage.put(key(row), file);
      return file;
    };

    test('a stored image comes back byte for byte, and the file is gone from where it was', async () => {
      const bench = await open();
      const file = await put(bench, 1, 'picture');
      const found = await bench.storage.find(key(1));
      assert.equal(found?.size, 7);
      assert.equal((await buffer(await found.read())).toString(), 'picture');
      assert.equal(existsSync(file), false);
    });

    test('a part of an image can be read', async () => {
      const bench = await open();
      await put(bench, 1, '0123456789');
      const found = await bench.storage.find(key(1));
      assert.ok(found);
      assert.equal((await buffer(await found.read({ start: 2, end: 4 }))).toString(), '234');
    });

    test('storing an image twice leaves one', async () => {
      const bench = await open();
      await put(bench, 1, 'first');
      await put(bench, 1, 'second');
      const found = await bench.storage.find(key(1));
      assert.ok(found);
      assert.equal((await buffer(await found.read())).toString(), 'second');
    });

    test('what is not there, or no name of ours, is not found', async () => {
      const { storage } = await open();
      for (const wrong of [key(9), '../secret.jpg', 'a/b.jpg', '', '.', 'x'.repeat(5_000), 'nul\0.jpg']) {
        assert.equal(await storage.find(wrong), undefined, JSON.stringify(wrong.slice(0, 20)));
      }
    });

    test('removed images are gone, others stay, and removing twice is no error', async () => {
      const bench = await open();
      await put(bench, 1, 'one');
      await put(bench, 2, 'two');
      await bench.storage.remove([key(1), key(3)]);
      await bench.storage.remove([key(1)]);
      assert.equal(await bench.storage.find(key(1)), undefined);
      assert.equal((await bench.storage.find(key(2)))?.size, 3);
      await bench.storage.remove([key(2)]);
      await put(bench, 2, 'again');
      assert.equal((await bench.storage.find(key(2)))?.size, 5);
    });

    test('everything that is stored is listed, and nothing else', async () => {
      const bench = await open();
      assert.deepEqual(await listed(bench.storage), []);
      const other = imageKey(Buffer.alloc(32, 8), { row: 1, name: 'Red Mug' }, 1, 'png');
      const file = join(bench.folder, 'upload-other');
      writeFileSync(file, 'other');
      await bench.storage.put(other, file);
      await put(bench, 1, 'one');
      await put(bench, 2, 'two');
      assert.deepEqual(await listed(bench.storage), [key(1), key(2), other].sort());
      await bench.storage.remove([key(1), other]);
      assert.deepEqual(await listed(bench.storage), [key(2)]);
    });

    test('a key of a folder and a name in any script is found, listed and removed as any other', async () => {
      const { storage, folder } = await open();
      const image = { row: 1, position: 1, productName: '青いマグ, für Ärzte', serial: 'A/1', inputUrl: '' };
      const [key = ''] = imageKeys(SECRET, image, '{name}', [{ name: 'main', format: 'jpeg' }]);
      assert.match(key, /^[0-9a-z]{20}\/青いマグ-für-Ärzte\.jpg$/);
      const file = join(folder, 'upload-named');
      writeFileSync(file, 'picture');
      await storage.put(key, file);
      assert.equal((await storage.find(key))?.size, 7);
      assert.deepEqual(await listed(storage), [key]);
      await storage.remove([key]);
      assert.deepEqual([await storage.find(key), await listed(storage)], [undefined, []]);
    });

    test('says whether it can be reached', async () => {
      await (await open()).storage.ping();
    });
  });
}
