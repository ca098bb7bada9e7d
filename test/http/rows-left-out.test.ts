import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpServer } from '../support/http-server.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls';

interface Answer {
  rows_skipped: number;
  errors: object[];
  errors_total: number;
  code: string;
  detail: string;
}

const pixmill = await httpServer();
const send = async (csv: string, fields: Record<string, string> = {}) =>
  (await (await pixmill.upload(csv, fields)).json()) as Answer;

test('where no row is left out the count is 0, with skip and without, in a dry run and in an upload', async () => {
  const csv = `${HEADER}\n1,Mug,http://127.0.0.1:1/a.jpg\n\n,,\n`;
  for (const fields of [{}, { on_error: 'skip' }, { dry_run: 'true' }, { dry_run: 'true', on_error: 'skip' }]) {
    const { rows_skipped, errors, errors_total } = await send(csv, fields as Record<string, string>);
    assert.deepEqual([rows_skipped, errors, errors_total], [0, [], 0]);
  }
  const refused = await send(`${csv}2,Cup,\n`, { dry_run: 'true' });
  assert.deepEqual([refused.rows_skipped, refused.errors_total], [0, 1], 'it would be refused, not left out');
});

test('where no row is left, nothing starts, and the refusal does not advise what was done already', async () => {
  const { code, detail, errors_total } = await send(`${HEADER}\n1,Mug,\n2,Cup,\n`, { on_error: 'skip' });
  assert.deepEqual([code, errors_total], ['csv_invalid', 2]);
  assert.match(detail, /^2 rows cannot be used\. No other row has an image, so there is nothing to do\./);
  assert.doesNotMatch(detail, /on_error/);
});
