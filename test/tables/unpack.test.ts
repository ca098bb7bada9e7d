import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { unpackFile } from '../../src/tables/unpack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('of a file that cannot be unpacked nothing stays, though the disk makes files late', async (context) => {
  const folder = temporaryFolder();
  const [upload, unpacked] = [join(folder, 'upload'), join(folder, 'unpacked')];
  fs.writeFileSync(upload, Buffer.from('1f8b080000000000ffff', 'hex'));
  // As with a full journal, which holds up new files and no others.
  const { open } = fs;
  const made: Promise<void>[] = [];
  context.mock.method(
    fs,
    'open',
    (path: string, flags: string, mode: number, opened: (...found: unknown[]) => void) => {
      if (path !== unpacked) return open(path, flags, mode, opened);
      const late = Promise.withResolvers<void>();
      made.push(late.promise);
      const done = (...found: unknown[]) => {
        opened(...found);
        late.resolve();
      };
      setTimeout(() => open(path, flags, mode, done), 50);
    },
  );
  await assert.rejects(unpackFile(upload, unpacked, 'products.csv.gz', 1_000), { code: 'not_csv' });
  fs.rmSync(unpacked, { force: true });
  await Promise.all(made);
  assert.deepEqual(fs.readdirSync(folder), ['upload']);
});
