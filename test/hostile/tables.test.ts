import assert from 'node:assert/strict';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { readProducts } from '../../src/tables/read-products.ts';
import { unpackFile } from '../../src/tables/unpack.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type WorkbookParts, workbookParts } from '../support/workbook.ts';
import { zip } from '../support/zip.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const GOOD = '1,Mug,https://a.example/1.jpg\n';

const inline = (...texts: string[]) => texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('');
const row = (cells: string) => `<row>${cells}</row>`;
const PRODUCT = inline('1', 'Mug', 'https://a.example/1.jpg');
const HEADER_ROW = row(inline('S. No.', 'Product Name', 'Input Image Urls', 'Note'));
const SHARED = '<c t="s"><v>0</v></c>';

/** A workbook of one sheet, in a file as small as its repetitions can be packed. */
const book = (rows: string, more: Partial<WorkbookParts> = {}) =>
  zip(...workbookParts({ sheets: [{ name: 'x', rows: HEADER_ROW + row(PRODUCT) + rows }], ...more }));
const packed = (...pieces: (string | Buffer)[]) => gzipSync(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
const text = (content: string) => `<si><t>${content}</t></si>`;

/** Parts with more in the list of sheets, and in that of the parts that belong to the workbook. */
function listing(sheets: string, relations: string): Buffer {
  const parts = workbookParts({ sheets: [{ name: 'x', rows: HEADER_ROW + row(PRODUCT) }] });
  const added = parts.map(({ name, content }) => ({
    name,
    content: Buffer.from(
      content.toString().replace('</sheets>', `${sheets}</sheets>`).replace('</Relationships>', `${relations}$&`),
    ),
  }));
  return zip(...added);
}
const times = (count: number, of: (index: number) => string) => Array.from({ length: count }, (_, i) => of(i)).join('');
const relation = (id: string, target: string) => `<Relationship Id="${id}" Type="x/worksheet" Target="${target}"/>`;

const format = (code: string, styles: number) =>
  `<numFmts><numFmt numFmtId="200" formatCode="${code}"/></numFmts><cellXfs>${'<xf numFmtId="200"/>'.repeat(styles)}</cellXfs>`;
/** Marks that combine, in the order that takes longest to bring into theirs. */
const marks = (count: number) => '\u0315'.repeat(count / 2) + '\u0327'.repeat(count / 2);
const letters = (count: number) => times(count, (i) => String.fromCharCode(0x4e00 + ((i * 37) % 20_000)));

const pixmill = await startPixmill();

async function upload(name: string, content: Uint8Array, fields: Record<string, string> = {}) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new File([new Uint8Array(content)], name));
  const response = await pixmill.call('/api/upload', { method: 'POST', body: form });
  return { http: response.status, body: (await response.json()) as { code?: string; detail?: string } };
}

/** Its answer, while others are answered, too. */
async function meanwhile<T>(answer: Promise<T>): Promise<T> {
  let pending = true;
  answer.finally(() => {
    pending = false;
  });
  while (pending) {
    const asked = performance.now();
    assert.equal((await pixmill.call('/health', { signal: AbortSignal.timeout(10_000) })).status, 200);
    assert.ok(performance.now() - asked < 5_000, 'nobody waits long for an answer');
  }
  return answer;
}

describe('a small file that is made to be slow is soon answered, and holds nobody else up', () => {
  const cases: [string, file: string, content: () => Uint8Array, http: number, detail?: RegExp][] = [
    [
      'a workbook of 12 kB with a number format of 65,000 brackets in 200,000 cell styles',
      'a.xlsx',
      () => book('', { styles: format('['.repeat(65_000), 200_000) }),
      422,
      /number format of more than 255 characters/,
    ],
    [
      'one with as many styles as Excel allows',
      'a.xlsx',
      () => book('', { styles: format('&quot;['.repeat(127), 65_000) }),
      200,
    ],
    [
      'one with more',
      'a.xlsx',
      () => book('', { styles: format('0', 65_491) }),
      422,
      /more than 65490 cell styles.*new workbook/,
    ],
    [
      'one with 80,000 parts',
      'a.xlsx',
      () =>
        listing(
          '',
          times(80_000, (i) => relation(`a${i}`, 'worksheets/sheet1.xml')),
        ),
      422,
      /more than 70000 parts.*workbook of its own/,
    ],
    [
      'one with 80,000 sheets',
      'a.xlsx',
      () => listing('<sheet name="s" r:id="b"/>'.repeat(80_000), ''),
      422,
      /more than 10000 sheets/,
    ],
    [
      'one with as many of both as are read',
      'a.xlsx',
      () =>
        listing(
          times(9_999, (i) => `<sheet name="s" r:id="a${i}"/>`),
          times(49_000, (i) => relation(`a${49_000 - i}`, 'worksheets/sheet1.xml')),
        ),
      200,
    ],
    [
      'one whose parts have long ways through folders',
      'a.xlsx',
      () => listing('', relation('q', 'a'.repeat(30_000) + '/x/..'.repeat(6_800)).repeat(140)),
      422,
      /damaged/,
    ],
    [
      'one whose cells show the same long blank text',
      'a.xlsx',
      () => book(row(SHARED.repeat(8_000)).repeat(300), { texts: text(' '.repeat(199_000)) }),
      422,
      /row on line 3 is longer/,
    ],
    [
      'one with rows in rows',
      'a.xlsx',
      () =>
        book(`${'<row>'.repeat(90)}${PRODUCT}${SHARED.repeat(4)}${'</row>'.repeat(90)}`.repeat(20), {
          texts: text('x'.repeat(190_000)),
        }),
      200,
    ],
    [
      'one with a header of marks that combine',
      'a.xlsx',
      () =>
        zip(
          ...workbookParts({
            sheets: [{ name: 'x', rows: row(inline('id', 'name', 'image') + SHARED) + row(PRODUCT) }],
            texts: text(marks(190_000)),
          }),
        ),
      200,
    ],
    ['a CSV with such a header', 'a.csv.gz', () => packed(`id,name,image,${marks(32_000)}\n`, GOOD), 200],
    [
      'a CSV with quotes that are none, after a long cell',
      'a.csv.gz',
      () => packed(HEADER, GOOD, `2,${'x'.repeat(900_000)},https://a.example/2.jpg\n`, '3,""x,""y\n'.repeat(30_000)),
      200,
    ],
    [
      'a CSV with a row of commas',
      'a.csv.gz',
      () => packed(HEADER, GOOD, Buffer.alloc(20_000_000, ',')),
      422,
      /row on line 3 is longer/,
    ],
    ['a CSV of 200,000 rows that are too short', 'a.csv.gz', () => packed(HEADER, GOOD, '2\n'.repeat(200_000)), 200],
    [
      'a CSV of links with hosts in 2,000 different letters',
      'a.csv.gz',
      () => packed(HEADER, ...Array.from({ length: 800 }, (_, i) => `${i},Mug,https://${letters(2_000)}\n`)),
      200,
    ],
  ];
  for (const [name, file, content, http, detail = /^$/] of cases) {
    test(name, async () => {
      const answer = await meanwhile(upload(file, content(), { dry_run: 'true' }));
      assert.equal(answer.http, http, JSON.stringify(answer.body).slice(0, 500));
      assert.match(answer.body.detail ?? '', detail);
    });
  }

  test('and so is one that is meant', async () => {
    const refused = await meanwhile(upload('a.xlsx', book('', { styles: format('['.repeat(65_000), 200_000) })));
    assert.deepEqual([refused.http, refused.body.code], [422, 'not_csv']);
    assert.equal((await meanwhile(upload('a.xlsx', book('', { styles: format('['.repeat(250), 65_000) })))).http, 200);
  });
});

describe('rows that are long leave others their turn', () => {
  const folder = temporaryFolder();
  const used = (process.threadCpuUsage ?? process.cpuUsage).bind(process);

  /** The most work between two turns of the event loop, in milliseconds that the processor spent on it. */
  async function longest(work: Promise<unknown>): Promise<number> {
    let pending = true;
    work.finally(() => {
      pending = false;
    });
    let most = 0;
    for (let before = used(); pending; ) {
      await setImmediate();
      const now = used();
      most = Math.max(most, (now.user + now.system - before.user - before.system) / 1_000);
      before = now;
    }
    return most;
  }

  async function read(name: string, content: Uint8Array) {
    // What comes out of it goes into a new file each time.
    rmSync(join(folder, 'unpacked'), { force: true });
    const path = join(folder, 'upload');
    writeFileSync(path, content);
    const { path: unpacked, format } = await unpackFile(path, join(folder, 'unpacked'), name, DEFAULT_LIMITS.csvBytes);
    const { batches } = await readProducts(() => createReadStream(unpacked), { format, limits: DEFAULT_LIMITS });
    for await (const { products } of batches) {
      const images = products.reduce((sum, { urls }) => sum + urls.length, 0);
      assert.ok(images <= 10_000, `${images} images at once`);
    }
  }

  const note = 'x'.repeat(190_000);
  const cases: [string, file: string, content: () => Uint8Array][] = [
    ['in a workbook of 2 kB', 'a.xlsx', () => book(row(PRODUCT + SHARED.repeat(5)).repeat(60), { texts: text(note) })],
    [
      'in a CSV of 20 kB',
      'a.csv.gz',
      () =>
        packed(HEADER, ...Array.from({ length: 20 }, () => `1,"${'x\n'.repeat(490_000)}",https://a.example/1.jpg\n`)),
    ],
    [
      'and so do short ones of many links',
      'a.csv',
      () => Buffer.from(HEADER + `1,Mug,"${'//a.example/b '.repeat(50)}"\n`.repeat(4_000)),
    ],
    ['and lines that are blank', 'a.csv', () => Buffer.from(HEADER + GOOD + '\n'.repeat(200_000))],
  ];
  for (const [name, file, content] of cases) {
    test(name, async () => {
      const made = content();
      const most = await longest(read(file, made));
      assert.ok(most < 250, `${most} ms`);
    });
  }
});
