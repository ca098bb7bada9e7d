import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { readUpload } from '../support/read-upload.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer() });
const pixmill = await startPixmill();
const folder = temporaryFolder();
const server = ['--server', pixmill.url];

/** Of a JSON upload whose second image is not there. */
async function finished(): Promise<string> {
  const file = join(folder, 'products.json');
  const images = [{ src: `${origin.url}/a.jpg` }, { src: `${origin.url}/lost.jpg` }];
  writeFileSync(file, JSON.stringify([{ id: 7, title: 'Mug', note: 'see;=HYPERLINK(0)', images }]));
  const { out } = await runCommand(['upload', file, '--wait', '--json', ...server]);
  return (JSON.parse(out) as { request_id: string }).request_id;
}

describe('pixmill download', () => {
  test('fetches the result of a request in each layout, as a CSV or a workbook', async () => {
    const id = await finished();
    const download = async (name: string, ...more: string[]) => {
      const path = join(folder, name);
      const { exitCode, err } = await runCommand(['download', id, '--out', path, ...more, ...server]);
      assert.equal(exitCode, 0, err);
      return readFileSync(path);
    };
    const result = (await download('result.csv')).toString();
    assert.match(
      result,
      /^\ufeffid,title,note,images,Output Image Urls\r\n7,Mug,see;'=HYPERLINK\(0\),"http.*lost\.jpg","http.*,Error processing image"\r\n$/,
    );
    const imported = (await download('import.csv', '--layout', 'import')).toString();
    assert.match(
      imported,
      /id,title,note,images\r\n7,Mug,see;=HYPERLINK\(0\),"http.*\/api\/image\/.*,http.*lost\.jpg"\r\n$/,
    );
    const report = await readUpload('report.xlsx', await download('report.xlsx', '--layout', 'report', '--as', 'xlsx'));
    assert.deepEqual(report.layout.header.slice(5), [
      'Image Status',
      'Image Notes',
      'Bytes Before',
      'Bytes After',
      'Output Width',
      'Output Height',
    ]);
    assert.deepEqual([report.products[0]?.cells[5], report.products[0]?.cells[9]], ['done,failed', '80,']);

    const response = await pixmill.call(`/api/download/${id}?as=xlsx&layout=report`);
    assert.equal(
      response.headers.get('content-type'),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    );
    assert.match(response.headers.get('content-disposition') ?? '', /products-report\.xlsx/);
    assert.equal((await pixmill.call(`/api/download/${id}?as=pdf`)).status, 400);
  });

  test('says what is wrong, and leaves no file', async () => {
    const out = join(folder, 'none.csv');
    const wrong = await runCommand(['download', 'x', '--out', out, '--layout', 'pretty', ...server]);
    assert.deepEqual([wrong.exitCode, /--layout must be result, import, report/.test(wrong.err)], [1, true], wrong.err);
    const missing = await runCommand(['download', '01980000-0000-7000-8000-000000000000', '--out', out, ...server]);
    assert.deepEqual([missing.exitCode, existsSync(out)], [1, false], missing.err);
  });
});
