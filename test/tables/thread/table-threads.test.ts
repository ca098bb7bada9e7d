import assert from 'node:assert/strict';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../../src/domain/limits.ts';
import { Problem } from '../../../src/domain/problem.ts';
import { type CsvBatch, type ReadTable, readProducts } from '../../../src/tables/read-products.ts';
import { tableThreads } from '../../../src/tables/thread/table-threads.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { workbook } from '../../support/workbook.ts';

const folder = temporaryFolder();
const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const never = new AbortController().signal;
const settings = { limits: DEFAULT_LIMITS };
const threads = tableThreads(DEFAULT_LIMITS);
after(() => threads.close());

async function all({ batches, links, ...table }: ReadTable) {
  const found: CsvBatch[] = [];
  for await (const batch of batches) found.push(batch);
  return { ...table, links, products: found.flatMap(({ products }) => products), last: found.at(-1)?.notices };
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => assert.fail('it was read'),
    (error) => (error instanceof Problem ? error : assert.fail(String(error))),
  );

describe('a table that is read in a thread of its own', () => {
  test('comes out as if it were read here, whatever thread takes it', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `${i},Mug ${i},https://a/${i}.jpg\n`).join('');
    const path = file('a.csv', `${HEADER}${rows}`);
    const here = await all(await readProducts(() => createReadStream(path), settings));
    for (let time = 0; time < 3; time++) assert.deepEqual(await all(await threads.read(path, settings, never)), here);
  });

  test('is unpacked there, too', async () => {
    const path = file(
      'b.xlsx',
      workbook([
        ['S. No.', 'Product Name', 'Input Image Urls'],
        [1, 'Mug', 'https://a/1.jpg'],
      ]),
    );
    const unpacked = await threads.unpack(path, join(folder, 'b-unpacked'), 'b.xlsx', 1_000_000, undefined, never);
    const table = await all(await threads.read(unpacked.path, { ...settings, format: unpacked.format }, never));
    assert.deepEqual([unpacked.name, table.layout.sheet, table.products[0]?.name], ['b.xlsx', 'Products', 'Mug']);
  });

  test('is refused in the same words, before its rows and among them', async () => {
    for (const content of ['Price\n1\n', `${HEADER}1,Mug,https://a/1.jpg\n2,"Cup,https://a/2.jpg\n`]) {
      const path = file('c.csv', content);
      const read = async (table: Promise<ReadTable>) => all(await table);
      const here = await rejection(read(readProducts(() => createReadStream(path), settings)));
      const there = await rejection(read(threads.read(path, settings, never)));
      assert.deepEqual(
        [there.code, there.detail, there.issues, there.issueCount],
        [here.code, here.detail, here.issues, here.issueCount],
      );
      assert.ok(there.cause, 'where it was thrown is kept for the log');
    }
  });

  test('whose file is gone is an error of ours, with its code', async () => {
    await assert.rejects(threads.read(join(folder, 'none'), settings, never), { code: 'ENOENT', syscall: 'open' });
  });

  test('that takes too long is refused, and the thread with it', async () => {
    const hasty = tableThreads({ ...DEFAULT_LIMITS, tableMs: 1 });
    const path = file('d.csv', `${HEADER}1,Mug,https://a/1.jpg\n`);
    const problem = await rejection(hasty.read(path, settings, never));
    assert.deepEqual(
      [problem.code, /0\.001 seconds.*Split the file/.test(problem.detail ?? '')],
      ['csv_too_large', true],
    );
    await hasty.close();
  });

  test('that takes too much memory is refused, and nothing else is lost', async () => {
    const small = tableThreads({ ...DEFAULT_LIMITS, tableBytes: 4_000_000 });
    const path = file('e.csv', `${HEADER}1,Mug,https://a/1.jpg\n`);
    const problem = await rejection(small.read(path, settings, never));
    assert.deepEqual([problem.code, /4000000 bytes of memory/.test(problem.detail ?? '')], ['csv_too_large', true]);
    await small.close();
  });

  test('is read no further when the client leaves, or nobody takes its rows', async () => {
    const path = file('f.csv', HEADER + '1,Mug,https://a/1.jpg\n'.repeat(20_000));
    const leaving = new AbortController();
    const { batches } = await threads.read(path, settings, leaving.signal);
    const rows = batches[Symbol.asyncIterator]();
    assert.equal((await rows.next()).done, false);
    leaving.abort();
    const problem = await rejection(
      (async () => {
        for (;;) if ((await rows.next()).done) return;
      })(),
    );
    assert.equal(problem.code, 'bad_request');

    assert.equal((await rejection(threads.read(path, settings, AbortSignal.abort()))).code, 'bad_request');

    const second = await threads.read(path, settings, never);
    for await (const _ of second.batches) break;
    const third = await all(await threads.read(path, settings, never));
    assert.equal(third.products.length, 20_000);
  });
});
