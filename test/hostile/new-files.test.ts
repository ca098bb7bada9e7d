import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeWhole } from '../../src/cli/write-whole.ts';
import { imageKey } from '../../src/domain/image.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import { unpackFile } from '../../src/tables/unpack.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { workbook } from '../support/workbook.ts';
import { zip } from '../support/zip.ts';

const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,https://shop.example/a.jpg\n';

describe('nothing is written through a link that somebody left', () => {
  const packed: [string, Uint8Array, string][] = [
    ['a.csv.gz', gzipSync(CSV), ''],
    ['a.zip', zip({ name: 'a.csv', content: Buffer.from(CSV) }), ''],
    ['a.xlsx', workbook([['S. No.']]), ''],
    ['a.xlsx', workbook([['S. No.']]), '.texts'],
  ];
  for (const [name, bytes, beside] of packed) {
    test(`${name} is not unpacked where a link lies${beside && `, nor its ${beside}`}`, async () => {
      const folder = temporaryFolder();
      const [upload, to, other] = ['upload', 'to', 'other'].map((file) => join(folder, file)) as [
        string,
        string,
        string,
      ];
      writeFileSync(upload, bytes);
      writeFileSync(other, 'of somebody else');
      symlinkSync(other, to + beside);
      await assert.rejects(unpackFile(upload, to, name, 1_000_000), { code: 'EEXIST' });
      assert.equal(readFileSync(other, 'utf8'), 'of somebody else');
    });
  }

  test('a result of the command line replaces the link', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'other'), 'of somebody else');
    symlinkSync(join(folder, 'other'), join(folder, 'results.csv.part'));
    await writeWhole(
      join(folder, 'results.csv'),
      (async function* () {
        yield CSV;
      })(),
    );
    assert.equal(readFileSync(join(folder, 'results.csv'), 'utf8'), CSV);
    assert.equal(readFileSync(join(folder, 'other'), 'utf8'), 'of somebody else');
  });
});

test('a link among the stored images is no image', async () => {
  const folder = temporaryFolder();
  const storage = createFileStorage({ root: folder, folders: 'flat' });
  const key = imageKey(Buffer.alloc(32, 7), { row: 1, name: 'Mug' }, 1, 'jpeg');
  writeFileSync(join(folder, 'secret'), 'for root alone');
  symlinkSync(join(folder, 'secret'), join(folder, key));
  assert.equal(await storage.find(key), undefined);
});

test('an empty file input of a form may come before the file', async () => {
  const origin = await startOrigin({ '/a.jpg': await photo().jpeg().toBuffer() });
  const pixmill = await startPixmill();
  const form = new FormData();
  form.append('file', new File([], ''));
  form.append('file', new File([CSV.replace('https://shop.example', origin.url)], 'a.csv'));
  const upload = await pixmill.call('/api/upload', { method: 'POST', body: await new Response(form).blob() });
  assert.equal(upload.status, 200);
});
