import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { httpServer } from '../support/http-server.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls';
const GOOD = `${HEADER}\n1,SKU1,http://127.0.0.1:1/a.jpg\n`;

interface Refusal {
  code: string;
  error: string;
  title: string;
  errors?: { line: number; column: string | null; code: string; message: string }[];
}

const pixmill = await httpServer();

async function refused(answer: Promise<Response>, status: number, code: string): Promise<Refusal> {
  const response = await answer;
  const body = (await response.json()) as Refusal;
  assert.deepEqual([response.status, body.code], [status, code], JSON.stringify(body));
  assert.equal(response.headers.get('content-type'), 'application/problem+json; charset=utf-8');
  if (code !== 'request_not_found') assert.equal(body.error, body.title);
  else assert.equal(body.error, 'Wrong Request ID');
  return body;
}

function post(body: RequestInit['body'] | null, headers: Record<string, string> = {}): Promise<Response> {
  return pixmill.call('/api/upload', { method: 'POST', body: body ?? null, headers });
}

describe('forms that cannot be used', () => {
  const file = (name: string, content = GOOD) => new File([content], name);
  const form = (...parts: [string, string | File][]) => {
    const made = new FormData();
    for (const [name, value] of parts) made.append(name, value);
    return made;
  };

  test('no file', async () => {
    for (const body of [new FormData(), form(['quality', '50']), form(['file', file('', '')])]) {
      const { error } = await refused(post(body), 400, 'file_missing');
      assert.equal(error, 'file not provided');
    }
    await refused(post(null), 400, 'file_missing');
    await refused(post('{}', { 'content-type': 'application/json' }), 400, 'file_missing');
    await refused(post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }), 400, 'file_missing');
    await refused(post(form(['document', file('a.csv')])), 400, 'file_missing');
  });

  test('several files', async () => {
    await refused(post(form(['file', file('a.csv')], ['file', file('b.csv')])), 400, 'several_files');
    await refused(post(form(['file', file('a.csv')], ['csv_file', file('b.csv')])), 400, 'several_files');
  });

  test('another type, a broken form', async () => {
    await refused(post(GOOD, { 'content-type': 'text/csv' }), 415, 'unsupported_media_type');
    await refused(post('nonsense', { 'content-type': 'multipart/form-data' }), 400, 'invalid_multipart');
    await refused(
      post('--x\r\nnonsense', { 'content-type': 'multipart/form-data; boundary=x' }),
      400,
      'invalid_multipart',
    );
  });

  test('options and fields that do not exist', async () => {
    const cases: [string, string, string][] = [
      ['quality', '0', 'invalid_option'],
      ['quality', '101', 'invalid_option'],
      ['quality', 'high', 'invalid_option'],
      ['quality', '50.5', 'invalid_option'],
      ['scale', '0', 'invalid_option'],
      ['scale', '-5', 'invalid_option'],
      ['format', 'bmp', 'invalid_option'],
      ['effort', 'huge', 'invalid_option'],
      ['delimiter', 'x', 'invalid_option'],
      ['dry_run', 'maybe', 'invalid_option'],
      ['on_error', 'ignore', 'invalid_option'],
      ['qualty', '50', 'unknown_field'],
      ['webhook_url', 'ftp://example.com', 'invalid_webhook_url'],
      ['webhook_url', 'http://10.0.0.1/hook', 'invalid_webhook_url'],
      ['webhook_url', 'http://me:pw@example.com/hook', 'invalid_webhook_url'],
      ['webhook_url', 'not a link', 'invalid_webhook_url'],
    ];
    for (const [name, value, code] of cases) await refused(pixmill.upload(GOOD, { [name]: value }), 422, code);
    await refused(pixmill.upload(GOOD, { quality: '5'.repeat(5_000) }), 422, 'invalid_option');
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field${index}`, 'x']));
    await refused(pixmill.upload(GOOD, many), 422, 'unknown_field');
  });

  test('an unusable Idempotency-Key', async () => {
    await refused(post(form(['file', file('a.csv')]), { 'idempotency-key': 'x'.repeat(300) }), 400, 'bad_request');
  });
});

describe('files that cannot be used', () => {
  const cases: [string, string | Uint8Array, string, number][] = [
    ['empty', '', 'empty_file', 1],
    ['a header alone', `${HEADER}\n`, 'no_rows', 1],
    ['a wrong header', 'foo,bar\n1,2\n', 'missing_columns', 1],
    ['a header without images', 'S. No.,Product Name,Price\n1,a,2\n', 'missing_columns', 1],
    ['an XLSX renamed to .csv', Buffer.from('PK\x03\x04\x14\0\x06\0'), 'not_csv', 1],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), 'not_csv', 1],
    ['an open quote', `${HEADER}\n1,"SKU1,http://a/b.jpg\n2,SKU2,http://a/c.jpg\n`, 'unclosed_quote', 2],
    ['a NUL byte', `${HEADER}\n1,SK\0U,http://a/b.jpg\n`, 'not_csv', 2],
    ['a line of 10 MB', `${HEADER}\n1,${'x'.repeat(10_000_000)},http://a/b.jpg\n`, 'row_too_long', 2],
  ];
  for (const [name, csv, code, line] of cases) {
    test(`${name}: ${code}`, async () => {
      const { error, errors } = await refused(pixmill.upload(csv), 422, code);
      assert.equal(error, 'CSV validation failed');
      assert.deepEqual([errors?.[0]?.line, errors?.[0]?.code], [line, code]);
    });
  }

  test('bad rows are named with line and column', async () => {
    const long = `http://a/${'b'.repeat(3_000)}.jpg`;
    const { errors } = await refused(pixmill.upload(`${GOOD}2,SKU2,\n3,SKU3,${long}\n`), 422, 'csv_invalid');
    assert.deepEqual(
      errors?.map(({ line, column, code }) => [line, column, code]),
      [
        [3, 'Input Image Urls', 'missing_images'],
        [4, 'Input Image Urls', 'url_too_long'],
      ],
    );
  });

  test('a file whose name says that it is something else', async () => {
    const form = new FormData();
    form.set('file', new File([GOOD], 'products.xlsx'));
    await refused(post(form), 422, 'not_csv');
  });

  test('a dry run reports and keeps nothing', async () => {
    const answer = await pixmill.upload(`${GOOD}2,SKU2,\n`, { dry_run: 'true' });
    const report = (await answer.json()) as { request_id: null; images_total: number; errors: Refusal['errors'] };
    assert.deepEqual([answer.status, report.request_id, report.images_total, report.errors?.length], [200, null, 1, 1]);
  });
});

describe('addresses that lead nowhere', () => {
  test('requests', async () => {
    const unknown = '01900000-0000-7000-8000-000000000000';
    for (const id of [unknown, 'x', '1', `${unknown}'--`, '%00', 'x'.repeat(400)]) {
      for (const path of ['/api/status/', '/api/products/', '/api/details/', '/fetch/', '/api/download/']) {
        await refused(pixmill.call(path + id), 404, 'request_not_found');
      }
      for (const path of ['events', 'errors.csv', 'images.zip', 'deliveries']) {
        await refused(pixmill.call(`/api/requests/${id}/${path}`), 404, 'request_not_found');
      }
      await refused(pixmill.call(`/api/requests/${id}`, { method: 'DELETE' }), 404, 'request_not_found');
      for (const path of ['retry', 'cancel', 'deliveries/redeliver']) {
        await refused(pixmill.call(`/api/requests/${id}/${path}`, { method: 'POST' }), 404, 'request_not_found');
      }
    }
  });

  test('images', async () => {
    for (const name of [
      'x.jpg',
      '..',
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e%2fpixmill.sqlite',
      'a%00.jpg',
      '%ff.jpg',
      'a\\b.jpg',
    ]) {
      const response = await pixmill.call(`/api/image/${name}`);
      assert.equal(response.status, 404, name);
    }
    assert.equal((await pixmill.call(`/api/image/${'x'.repeat(5_000)}.jpg`)).status, 404);
  });

  test('everything else', async () => {
    await refused(pixmill.call('/nothing'), 404, 'not_found');
    await refused(pixmill.call('/api/upload'), 405, 'method_not_allowed');
    await refused(pixmill.call('/api/requests?limit=0'), 400, 'invalid_parameter');
    await refused(pixmill.call('/api/requests?cursor=nonsense'), 400, 'invalid_parameter');
  });
});

test('nothing stays of all that: no request, no file', async () => {
  const { requests } = (await (await pixmill.call('/api/requests')).json()) as { requests: unknown[] };
  assert.deepEqual(requests, []);
  assert.deepEqual(readdirSync(pixmill.stagingDir), []);
});
