import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls';

interface Answer {
  request_id: string;
  products_total: number;
  rows_skipped: number;
  errors: { line: number; code: string }[];
  errors_total: number;
  warnings: object[];
}

/** 199 rows, of which only the first three have a link. */
function table(origin: string): string {
  const rows = Array.from({ length: 199 }, (_, row) => `${row + 1},Mug,${row < 3 ? `${origin}/${row}.jpg` : ''}`);
  return [HEADER, ...rows, ''].join('\n');
}

inBothModes('rows that are left out are counted wherever a request is told of', async (pixmill) => {
  const jpeg = await photo(40, 30).jpeg().toBuffer();
  let received: (message: { data: StatusObject }) => void;
  const message = new Promise<{ data: StatusObject }>((resolve) => {
    received = resolve;
  });
  const origin = await startOrigin({
    '/hook': async (request, response) => {
      received(JSON.parse(await text(request)));
      response.writeHead(204).end();
    },
    ...Object.fromEntries([0, 1, 2].map((row) => [`/${row}.jpg`, jpeg])),
  });
  const csv = table(origin.url);
  const upload = async (fields: Record<string, string>, content = csv) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new File([content], 'products.csv'));
    const headers = { 'idempotency-key': 'nightly' };
    const response = await pixmill.call('/api/upload', { method: 'POST', body: form, headers });
    return { http: response.status, ...((await response.json()) as Answer) };
  };

  const fields = { on_error: 'skip', webhook_url: `${origin.url}/hook` };
  const dry = await upload({ ...fields, dry_run: 'true' });
  const accepted = await upload(fields);
  const { request_id: id } = accepted;
  for (const answer of [dry, accepted, await upload(fields)]) {
    const { products_total, rows_skipped, errors_total, errors } = answer;
    assert.deepEqual([answer.http, products_total, rows_skipped, errors_total], [200, 3, 196, 196]);
    assert.equal(errors.length, 100);
    assert.deepEqual([errors[0]?.line, errors[0]?.code, errors[99]?.line], [5, 'missing_images', 104]);
  }

  const { data } = await message;
  const json = async (path: string) => (await (await pixmill.call(path)).json()) as StatusObject;
  const list = (await json('/api/requests')) as unknown as { requests: StatusObject[] };
  const events = await (await pixmill.call(`/api/requests/${id}/events`)).text();
  const states = [
    data,
    await json(`/api/status/${id}`),
    await json(`/api/check-status/${id}/`),
    await json(`/status/${id}`),
    await json(`/api/details/${id}`),
    await json(`/fetch/${id}?limit=1`),
    ...list.requests,
    JSON.parse(events.slice('data: '.length)) as StatusObject,
  ];
  assert.deepEqual(
    states.map((state) => [state.request_id, state.products_total, state.rows_skipped]),
    states.map(() => [id, 3, 196]),
  );

  // After the work is done the same answer still comes with the same key.
  const again = await upload(fields);
  assert.deepEqual([again.request_id, again.rows_skipped, again.errors], [id, 196, accepted.errors]);
  const errors = await (await pixmill.call(`/api/requests/${id}/errors.csv`)).text();
  assert.equal((parse(errors, { columns: true }) as object[]).length, 196);
});
