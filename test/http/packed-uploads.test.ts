import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DEFAULT_LIMITS } from '../../src/domain/limits.ts';
import { httpServer } from '../support/http-server.ts';
import { zip } from '../support/zip.ts';

const LIMIT = 200_000;
const pixmill = await httpServer({ limits: { ...DEFAULT_LIMITS, csvBytes: LIMIT } });
const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const CSV = Buffer.from(`${HEADER}1,Mug,http://shop.example/a.jpg\n`);
/** 40 MB of rows that pack into fewer bytes than the limit. */
const BOMB = Buffer.alloc(40_000_000, CSV.subarray(HEADER.length));

async function upload(name: string, content: Buffer, headers: Record<string, string> = {}) {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(content)], name));
  const response = await pixmill.call('/api/upload', { method: 'POST', body: form, headers });
  const body = (await response.json()) as { request_id: string; code?: string; detail?: string };
  return { ...body, status: response.status };
}

async function refused(name: string, content: Buffer, status: number, code: string, detail: RegExp): Promise<void> {
  const answer = await upload(name, content);
  assert.deepEqual([answer.status, answer.code], [status, code], JSON.stringify(answer));
  assert.match(JSON.stringify(answer), detail);
}

describe('one packed CSV', () => {
  const cases: [string, string, Buffer][] = [
    ['gzip', 'products.csv.gz', gzipSync(CSV)],
    [
      'gzip in several members',
      'products.CSV.GZ',
      Buffer.concat([gzipSync(CSV.subarray(0, 20)), gzipSync(CSV.subarray(20))]),
    ],
    ['zip', 'products.zip', zip({ name: 'sheets/products.csv', content: CSV })],
    ['zip, stored', 'products.zip', zip({ name: 'products.csv', content: CSV, stored: true })],
    [
      'zip from macOS',
      'products.zip',
      zip(
        { name: 'sheets/', content: Buffer.alloc(0), stored: true },
        { name: 'sheets/products.csv', content: CSV },
        { name: '__MACOSX/sheets/._products.csv', content: Buffer.from('x') },
      ),
    ],
  ];
  for (const [title, name, content] of cases) {
    test(title, async () => {
      const { status, request_id } = await upload(name, content);
      assert.equal(status, 200);
      const { file_name } = (await (await pixmill.call(`/api/status/${request_id}`)).json()) as { file_name: string };
      assert.match(file_name, /^products\.csv$/i);
      const result = await (await pixmill.call(`/api/download/${request_id}?partial=true`)).text();
      assert.equal(
        result,
        'S. No.,Product Name,Input Image Urls,Output Image Urls\n1,Mug,http://shop.example/a.jpg,\n',
      );
    });
  }

  test('an Idempotency-Key stands for the bytes as they were sent', async () => {
    const headers = { 'idempotency-key': 'packed' };
    const first = await upload('products.csv.gz', gzipSync(CSV), headers);
    assert.equal((await upload('products.csv.gz', gzipSync(CSV), headers)).request_id, first.request_id);
    assert.equal((await upload('products.csv', CSV, headers)).code, 'idempotency_conflict');
  });
});

describe('what cannot be unpacked', () => {
  test('bombs end at the limit for a CSV', async () => {
    const bombs: [string, Buffer][] = [
      ['products.csv.gz', gzipSync(BOMB, { level: 9 })],
      ['products.zip', zip({ name: 'products.csv', content: BOMB })],
    ];
    for (const [name, bomb] of bombs) {
      assert.ok(bomb.length < LIMIT, `${bomb.length} bytes`);
      await refused(name, bomb, 413, 'csv_too_large', /Unpacked.*200000/);
    }
  });

  test('archives with several files, or none', async () => {
    const two = zip({ name: 'a.csv', content: CSV }, { name: 'b.csv', content: CSV });
    await refused('products.zip', two, 422, 'not_csv', /holds 2 files/);
    await refused('products.zip', zip(), 422, 'not_csv', /holds no file/);
    await refused('products.zip', zip({ name: 'a.xlsx', content: CSV }), 422, 'not_csv', /\.xlsx/);
    await refused('products.zip', zip({ name: 'a.csv', content: zip(), stored: true }), 422, 'not_csv', /not a CSV/);
  });

  test('damaged ones', async () => {
    const whole = gzipSync(CSV);
    const damaged = /damaged|not a whole/;
    await refused('a.csv.gz', whole.subarray(0, whole.length - 12), 422, 'not_csv', damaged);
    await refused('a.csv.gz', Buffer.concat([whole.subarray(0, 12), Buffer.alloc(40, 0xff)]), 422, 'not_csv', damaged);
    const archive = zip({ name: 'a.csv', content: CSV });
    await refused('a.zip', archive.subarray(0, archive.length - 5), 422, 'not_csv', damaged);
    await refused('a.zip', archive.subarray(30), 422, 'not_csv', damaged);
    await refused('a.zip', zip({ name: 'a.csv', content: CSV, crc: 1 }), 422, 'not_csv', damaged);
    await refused('a.zip', zip({ name: 'a.csv', content: CSV, flags: 1 }), 422, 'not_csv', /password/);
  });

  test('names that say something else than the bytes', async () => {
    await refused('a.csv.gz', CSV, 422, 'not_csv', /not a gzip/);
    await refused('a.zip', CSV, 422, 'not_csv', /not a whole ZIP/);
    await refused('a.csv', gzipSync(CSV), 422, 'not_csv', /compressed file/);
    await refused('a.csv', zip({ name: 'a.csv', content: CSV }), 422, 'not_csv', /ZIP/);
  });

  test('nothing stays of them', () => assert.deepEqual(readdirSync(pixmill.stagingDir), []));
});
