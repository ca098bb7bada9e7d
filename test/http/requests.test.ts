import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { httpServer } from '../support/http-server.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls';
const pixmill = await httpServer();

async function json<T = StatusObject>(path: string, init?: RequestInit): Promise<T> {
  const response = await pixmill.call(path, init);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return (await response.json()) as T;
}

async function newRequest(products: number, fields: Record<string, string> = {}): Promise<string> {
  const rows = Array.from(
    { length: products },
    (_, row) => `${row + 1},Mug ${row + 1},https://shop.example/${row}.jpg\n`,
  );
  const response = await pixmill.upload(`${HEADER}\n${rows.join('')}`, fields);
  const { request_id } = (await response.json()) as { request_id: string };
  assert.equal(response.headers.get('location'), `http://pixmill.example/api/status/${request_id}`);
  return request_id;
}

const post = { method: 'POST' };

test('the status is the same at every path of it, with a slash and without, whatever the case of the id', async () => {
  const id = await newRequest(2);
  const first = await json(`/api/status/${id}`);
  assert.deepEqual(
    [first.status, first.products_total, first.images_total, first.images_pending, first.progress],
    ['Pending', 2, 2, 2, 0],
  );
  assert.deepEqual([first.download_url, first.finished_at, first.webhook], [null, null, null]);
  assert.equal(first.details_url, `http://pixmill.example/api/details/${id}`);
  for (const path of ['/api/status/', '/api/check-status/', '/status/']) {
    for (const end of ['', '/', '?x=1']) assert.deepEqual(await json(`${path}${id}${end}`), first);
  }
  assert.deepEqual(await json(`/api/status/${id.toUpperCase()}`), first);
});

test('an older client of /status/<id>/ is told Pending until the end, everybody else Processing', async () => {
  const { call, upload, store } = await httpServer();
  const { request_id: id } = (await (await upload(`${HEADER}\n1,Mug,https://shop.example/a.jpg\n`)).json()) as {
    request_id: string;
  };
  const { progress } = store;
  let status: StatusObject['status'] = 'Processing';
  store.progress = async (...asked) => {
    const found = await progress(...asked);
    return found && { ...found, status };
  };
  const told = async (path: string) => ((await (await call(path)).json()) as StatusObject).status;
  assert.equal(await told(`/status/${id}/`), 'Pending');
  assert.equal(await told(`/status/${id}/?x=/`), 'Pending');
  for (const path of [`/status/${id}`, `/status/${id}?x=/`, `/api/status/${id}/`, `/api/check-status/${id}/`]) {
    assert.equal(await told(path), 'Processing', path);
  }
  for (const end of ['Completed', 'Failed', 'Cancelled'] as const) {
    status = end;
    assert.equal(await told(`/status/${id}/`), end);
  }
});

test('details come in pages that add up to the whole, each with the status', async () => {
  interface Page {
    images_total: number;
    products: { line: number; images: { status: string }[] }[];
    next_cursor: string | null;
  }
  const id = await newRequest(7);
  const whole = await json<Page>(`/fetch/${id}`);
  assert.equal(whole.next_cursor, null);
  const lines: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Page = await json(`/api/details/${id}/?limit=3${cursor && `&cursor=${cursor}`}`);
    assert.equal(page.images_total, 7);
    assert.ok(page.products.length <= 3);
    lines.push(...page.products.map(({ line }) => line));
    cursor = page.next_cursor;
  }
  assert.deepEqual(
    lines,
    whole.products.map(({ line }) => line),
  );
  assert.equal((await json<Page>(`/api/details/${id}?status=failed`)).products.length, 0);
});

test('the list is newest first, in pages', async () => {
  const other = await httpServer();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    const response = await other.upload(`${HEADER}\n1,Mug,https://shop.example/a.jpg\n`);
    ids.unshift(((await response.json()) as { request_id: string }).request_id);
  }
  const listed: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const response = await other.call(`/api/requests?limit=2${cursor && `&cursor=${cursor}`}`);
    const page = (await response.json()) as { requests: StatusObject[]; next_cursor: string | null };
    listed.push(...page.requests.map(({ request_id }) => request_id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(listed, ids);
});

describe('a result before its time', () => {
  test('is refused, saying how it can be had', async () => {
    const response = await pixmill.call(`/api/download/${await newRequest(1)}`);
    assert.equal(response.status, 409);
    const { code, detail } = (await response.json()) as { code: string; detail: string };
    assert.equal(code, 'not_finished');
    assert.match(detail, /\?partial=true/);
  });

  test('is given on demand, as a file named after the upload, with empty slots', async () => {
    const response = await pixmill.call(`/api/download/${await newRequest(1)}?partial=true`);
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="products-compressed\.csv"/);
    assert.equal(await response.text(), `${HEADER},Output Image Urls\n1,Mug 1,https://shop.example/0.jpg,\n`);
  });
});

describe('a request that is stopped', () => {
  test('is Cancelled, can be read like any other, and cannot be stopped twice', async () => {
    const id = await newRequest(2);
    const stopped = await json(`/api/requests/${id}/cancel`, post);
    assert.deepEqual([stopped.status, stopped.images_failed, stopped.images_pending], ['Cancelled', 2, 0]);
    const twice = await pixmill.call(`/api/requests/${id}/cancel`, post);
    assert.deepEqual([twice.status, ((await twice.json()) as { code: string }).code], [409, 'not_active']);
    const errors = await (await pixmill.call(`/api/requests/${id}/errors.csv`)).text();
    assert.equal(errors.trimEnd().split('\n').length, 3);
    assert.match(errors, /,cancelled,/);
    const events = await (await pixmill.call(`/api/requests/${id}/events`)).text();
    assert.deepEqual(JSON.parse(events.replace(/^data: /, '')), await json(`/api/status/${id}`));
    const archive = await pixmill.call(`/api/requests/${id}/images.zip`);
    assert.equal(archive.headers.get('content-type'), 'application/zip');
    assert.ok((await archive.text()).startsWith('PK\x05\x06'), 'the end of a directory without entries');
  });

  test('runs on when its failed images are tried again', async () => {
    const id = await newRequest(2);
    const early = await pixmill.call(`/api/requests/${id}/retry`, post);
    assert.deepEqual([early.status, ((await early.json()) as { code: string }).code], [409, 'still_active']);
    await json(`/api/requests/${id}/cancel`, post);
    const running = await json(`/api/requests/${id}/retry`, post);
    assert.deepEqual([running.images_pending, running.images_failed, running.finished_at], [2, 0, null]);
  });
});

test('what is deleted is gone from every path', async () => {
  const id = await newRequest(1);
  assert.equal((await pixmill.call(`/api/requests/${id}`, { method: 'DELETE' })).status, 204);
  for (const path of [`/api/status/${id}`, `/fetch/${id}`, `/api/requests/${id}/events`]) {
    assert.equal((await pixmill.call(path)).status, 404, path);
  }
  assert.equal((await pixmill.call(`/api/requests/${id}`, { method: 'DELETE' })).status, 404);
});

test('what a request has no webhook for cannot be sent again', async () => {
  const id = await newRequest(1);
  const response = await pixmill.call(`/api/requests/${id}/deliveries/redeliver`, post);
  assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [409, 'nothing_to_deliver']);
  assert.deepEqual(await json(`/api/requests/${id}/deliveries`), { request_id: id, deliveries: [] });
});

test('a body where none is wanted is of no interest, whatever its type', async () => {
  const id = await newRequest(1);
  for (const type of ['application/json', 'text/plain', 'multipart/form-data']) {
    const response = await pixmill.call(`/api/requests/${id}/retry`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': type },
    });
    assert.equal(response.status, 409, type);
  }
});

describe('where something is the matter with the server', () => {
  test('readiness is refused with 503, and the cause stays in the log', async () => {
    const ready = () => Promise.reject(new Error('secret address'));
    const { call } = await httpServer({ ready });
    const response = await call('/ready');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '10');
    assert.doesNotMatch(await response.text(), /secret/);
    assert.equal((await call('/health')).status, 200);
  });

  test('an error that nobody expected is a 500 without internals, with the id that the log has', async () => {
    const fail = () => Promise.reject(new Error('select secret from table'));
    const { call, store } = await httpServer();
    store.listRequests = fail;
    const response = await call('/api/requests', { headers: { 'x-request-id': 'monday-7' } });
    assert.equal(response.status, 500);
    assert.equal(response.headers.get('x-request-id'), 'monday-7');
    const text = await response.text();
    assert.doesNotMatch(text, /secret/);
    assert.equal(JSON.parse(text).error, 'Internal server error');
    assert.match(JSON.parse(text).detail, /monday-7/);
  });

  test('new uploads are put off with 503 and Retry-After while there is too much to do', async () => {
    const { upload } = await httpServer({ overloaded: () => true });
    const response = await upload(`${HEADER}\n1,Mug,https://shop.example/a.jpg\n`);
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '10']);
  });
});
