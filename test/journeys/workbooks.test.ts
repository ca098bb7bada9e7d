import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { workbook } from '../support/workbook.ts';

const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg().toBuffer() });
const pixmill = await startPixmill();
const ROWS = [
  ['S. No.', 'Product Name', 'Input Image Urls', 'Colour'],
  [1, 'Blaue Tasse', `${origin.url}/a.jpg`, 'Grün'],
  [2, 'Lost', `${origin.url}/lost.jpg`, ''],
];
const XLSX = workbook(ROWS);
const CSV = Buffer.from(`${ROWS.map((cells) => cells.join(',')).join('\n')}\n`);

async function upload(name: string, content: Buffer, fields: Record<string, string> = {}) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new File([new Uint8Array(content)], name));
  const response = await pixmill.call('/api/upload', { method: 'POST', body: form });
  return { http: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a workbook goes in, its sheet comes back as a CSV with the new links', async () => {
  const { http, body } = await upload('Tassen.xlsx', XLSX, { delimiter: ';' });
  assert.equal(http, 200, JSON.stringify(body));
  const { request_id } = body;
  const finished = await pixmill.finished(String(request_id));
  assert.deepEqual([finished.status, finished.file_name], ['Completed', 'Tassen.xlsx']);
  const result = await pixmill.call(`/api/download/${request_id}`);
  assert.match(result.headers.get('content-disposition') ?? '', /filename="Tassen-compressed\.csv"/);
  const text = Buffer.from(await result.arrayBuffer()).toString();
  assert.match(
    text,
    /^\ufeffS\. No\.,Product Name,Input Image Urls,Colour,Output Image Urls\r\n1,Blaue Tasse,.*,Grün,http/,
  );
  assert.match(text, /\r\n2,Lost,.*lost\.jpg,,Error processing image\r\n$/);
  const errors = await (await pixmill.call(`/api/requests/${request_id}/errors.csv`)).text();
  assert.match(errors, /http_404/);
});

test('a dry run names the sheet that was read', async () => {
  const { body } = await upload('a.xlsx', XLSX, { dry_run: 'true' });
  assert.equal((body.report as { sheet: string }).sheet, 'Products');
});

test('a workbook that breaks is refused with a sentence, and nothing stays of it', async () => {
  const { http, body } = await upload('a.xlsx', XLSX.subarray(0, -60));
  assert.deepEqual([http, body.code], [422, 'not_csv']);
  assert.match(String(body.detail), /damaged.*save it again/);
  const left = temporaryFiles(pixmill.dataDir).filter((name) => name.startsWith('upload-'));
  assert.deepEqual(left, []);
});

test('the command line takes what the upload takes, and refuses what it refuses', async () => {
  const folder = temporaryFolder();
  const file = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const out = join(folder, 'out');
  const [ran, packed, old] = await Promise.all([
    runCommand(['run', file('a.xlsx', XLSX), '--out', out]),
    runCommand(['check', file('a.csv.gz', gzipSync(CSV))]),
    runCommand(['check', file('a.xls', XLSX)]),
  ]);
  assert.equal(ran.exitCode, 2, ran.err);
  assert.match(readFileSync(join(out, 'results.csv'), 'utf8'), /Blaue Tasse,.*,Grün,images\/blaue-tasse-1-/);
  assert.equal(packed.exitCode, 0, packed.err);
  assert.match(packed.out, /Products +2\nImages +2/);
  assert.equal(old.exitCode, 1);
  assert.match(old.err, /as \.xlsx or CSV/);
});
