import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Details extends StatusObject {
  products: {
    serial_number: number | string;
    product_name: string;
    line: number;
    images: Record<string, unknown>[];
  }[];
  next_cursor: string | null;
}

const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
let repaired = false;
let hold = false;
const held: (() => void)[] = [];
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/b.jpg': await photo(300, 200).jpeg({ quality: 95 }).toBuffer(),
  '/text.jpg': Buffer.from('no picture'),
  '/flaky.jpg': (_request, response) => {
    if (repaired) response.end(jpeg);
    else response.writeHead(404).end();
  },
  '/slow.jpg': (_request, response) => {
    if (hold) held.push(() => response.end(jpeg));
    else response.end(jpeg);
  },
});
const pixmill = await startPixmill();
const HEADER = 'S. No.,Product Name,Input Image Urls';

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await pixmill.call(path, init);
  assert.equal(response.status, 200, `${path}: ${response.status}`);
  return (await response.json()) as T;
}

async function uploaded(rows: string, fields: Record<string, string> = {}): Promise<string> {
  const { request_id } = (await (await pixmill.upload(`${HEADER}\n${rows}`, fields)).json()) as { request_id: string };
  return request_id;
}

const images = () =>
  readdirSync(join(pixmill.dataDir, 'images'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );

describe('a finished request', async () => {
  const rows = `1,Blue Mug,"${origin.url}/a.jpg?twice,${origin.url}/text.jpg"\nA-2,Red Mug,${origin.url}/a.jpg?twice\n3,"=1+1","ftp://x/y.jpg,${origin.url}/b.jpg"\n`;
  const id = await uploaded(rows, { quality: '40' });
  const done = await pixmill.finished(id);

  test('its numbers add up', () => {
    assert.deepEqual(
      [
        done.status,
        done.products_total,
        done.images_total,
        done.images_processed,
        done.images_failed,
        done.images_pending,
        done.progress,
      ],
      ['Completed', 3, 5, 5, 2, 0, 100],
    );
    assert.ok(done.bytes_out > 0 && done.bytes_out < done.bytes_in);
    for (const time of [done.created_at, done.updated_at, done.started_at, done.finished_at]) {
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  test('a link that is there twice was downloaded once, and serves both', async () => {
    assert.equal(origin.asked.get('/a.jpg?twice'), 1);
    const { products } = await json<Details>(`/api/details/${id}`);
    assert.equal(products[0]?.images[0]?.output_url, products[1]?.images[0]?.output_url);
  });

  test('the details tell everything of every image, and keep their shape', async () => {
    const { products, next_cursor } = await json<Details>(`/api/details/${id}/`);
    assert.equal(next_cursor, null);
    assert.deepEqual(
      products.map(({ serial_number, line }) => [serial_number, line]),
      [
        [1, 2],
        ['A-2', 3],
        [3, 4],
      ],
    );
    const [good, bad] = products[0]?.images ?? [];
    const members =
      'position input_url output_url path status outcome error notes format_in format_out width_in height_in width height bytes_in bytes_out attempts created_at updated_at';
    for (const image of [good, bad]) assert.deepEqual(Object.keys(image ?? {}), members.split(' '));
    assert.deepEqual(
      [
        good?.position,
        good?.status,
        good?.outcome,
        good?.format_in,
        good?.format_out,
        good?.width,
        good?.height,
        good?.bytes_in,
      ],
      [1, 'done', 'compressed', 'jpeg', 'jpeg', 400, 300, jpeg.length],
    );
    assert.match(String(good?.path), /^blue-mug-1-[0-9a-z]{20}\.jpg$/);
    assert.deepEqual([bad?.status, bad?.output_url, bad?.path, bad?.width], ['failed', null, null, null]);
    assert.deepEqual(
      { ...(bad?.error as object), message: '' },
      { code: 'not_an_image', message: '', stage: 'decode' },
    );
    assert.equal((products[2]?.images[0]?.error as { code: string } | undefined)?.code, 'invalid_url');
  });

  test('details come in pages, and by status', async () => {
    const first = await json<Details>(`/api/details/${id}?limit=2`);
    assert.equal(first.products.length, 2);
    const second = await json<Details>(`/api/details/${id}?limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([second.products.map(({ line }) => line), second.next_cursor], [[4], null]);
    const failed = await json<Details>(`/api/details/${id}?status=failed`);
    assert.deepEqual(
      failed.products.map(({ images }) => images.length),
      [1, 1],
    );
    assert.equal((await pixmill.call(`/api/details/${id}?limit=1001`)).status, 400);
    assert.equal((await pixmill.call(`/api/details/${id}?cursor=%00`)).status, 400);
  });

  test('the result CSV holds the outputs slot by slot, and no formula', async () => {
    const response = await pixmill.call(`/api/download/${id}`);
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(
      String(response.headers.get('content-disposition')),
      /^attachment; filename="products-compressed.csv"/,
    );
    const [header, first, , third] = parse(await response.text()) as string[][];
    assert.deepEqual(header, [...HEADER.split(','), 'Output Image Urls']);
    assert.match(String(first?.[3]), /^http:\/\/[^,]+\.jpg,Error processing image$/);
    assert.deepEqual(third?.slice(0, 2), ['3', "'=1+1"]);
    assert.match(String(third?.[3]), /^Error processing image,http/);
  });

  test('errors.csv names what failed, and can be uploaded as it is', async () => {
    const csv = await (await pixmill.call(`/api/requests/${id}/errors.csv`)).text();
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    assert.deepEqual(
      rows.map(({ Code, Stage, URL }) => [Code, Stage, URL]),
      [
        ['not_an_image', 'decode', `${origin.url}/text.jpg`],
        ['invalid_url', 'address', 'ftp://x/y.jpg'],
      ],
    );
    for (const row of rows) assert.ok(row.Message && row.Hint && row['Input Image Urls'] === row.URL);
    const again = (await (await pixmill.upload(csv, { dry_run: '1' })).json()) as { images_total: number };
    assert.equal(again.images_total, 2);
  });

  test('the archive holds each image once, whole', { skip: without('python3') }, async () => {
    const file = join(temporaryFolder(), 'images.zip');
    writeFileSync(file, await (await pixmill.call(`/api/requests/${id}/images.zip`)).bytes());
    const list = execFileSync(
      'python3',
      [
        '-c',
        'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist(),sep="\\n")',
        file,
      ],
      { encoding: 'utf8' },
    );
    const { products } = await json<Details>(`/api/details/${id}?status=done`);
    const stored = products.flatMap((product) => product.images.map(({ path }) => String(path)));
    assert.deepEqual(list.trim().split('\n').sort(), [...new Set(stored)].sort());
  });

  test('events of a finished request: its state, then the end', async () => {
    const text = await (await pixmill.call(`/api/requests/${id}/events`)).text();
    assert.deepEqual(JSON.parse(text.replace(/^data: /, '').trim()), done);
  });
});

describe('an image', async () => {
  const id = await uploaded(`1,Blue Mug,${origin.url}/a.jpg\n`);
  await pixmill.finished(id);
  const url = (await json<Details>(`/api/details/${id}`)).products[0]?.images[0]?.output_url as string;
  const whole = await (await fetch(url)).bytes();

  test('may be cached for ever and shown anywhere, and runs nothing', async () => {
    const { headers } = await fetch(url);
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(headers.get('content-type'), 'image/jpeg');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('content-security-policy'), "default-src 'none'; sandbox");
    assert.equal((await sharp(whole).metadata()).format, 'jpeg');
  });

  test('answers HEAD, conditions and ranges', async () => {
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(whole.length)]);
    const etag = head.headers.get('etag') ?? '';
    const get = (headers: Record<string, string>) => fetch(url, { headers });
    assert.equal((await get({ 'if-none-match': etag })).status, 304);
    assert.equal((await get({ 'if-none-match': '"other"' })).status, 200);
    const part = await get({ range: 'bytes=10-19' });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 10-19/${whole.length}`]);
    assert.deepEqual(await part.bytes(), whole.subarray(10, 20));
    assert.deepEqual(await (await get({ range: 'bytes=-5' })).bytes(), whole.subarray(-5));
    assert.equal((await get({ range: `bytes=${whole.length}-` })).status, 416);
    assert.equal((await get({ range: 'bytes=0-1,3-4' })).status, 200);
    assert.equal((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).status, 200);
    assert.equal((await get({ range: 'bytes=0-1', 'if-range': etag })).status, 206);
  });
});

describe('uploads', () => {
  const post = (csv: string, key: string, fields: Record<string, string> = {}) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new File([csv], 'products.csv'));
    return pixmill.call('/api/upload', { method: 'POST', body: form, headers: { 'idempotency-key': key } });
  };

  test('the same key and the same upload give the same request, another upload is refused', async () => {
    const csv = `${HEADER}\n1,Mug,${origin.url}/a.jpg\n`;
    const ids = await Promise.all(
      [1, 2, 3].map(async () => ((await (await post(csv, 'k1')).json()) as { request_id: string }).request_id),
    );
    assert.equal(new Set(ids).size, 1);
    assert.equal((await post(`${csv}2,Cup,${origin.url}/a.jpg\n`, 'k1')).status, 409);
    assert.equal((await post(csv, 'k1', { quality: '51' })).status, 409);
    assert.equal((await post(csv, 'k2')).status, 200);
  });

  test('fields may come behind the file', async () => {
    const form = new FormData();
    form.set('file', new File([`${HEADER}\n1,Mug,${origin.url}/a.jpg\n`], 'products.csv'));
    form.set('format', 'webp');
    form.set('scale', '50');
    const { request_id } = await json<{ request_id: string }>('/api/upload', { method: 'POST', body: form });
    await pixmill.finished(request_id);
    const image = (await json<Details>(`/api/details/${request_id}`)).products[0]?.images[0];
    assert.deepEqual([image?.format_out, image?.width, image?.height], ['webp', 200, 150]);
  });

  test('on_error=skip runs the good rows and keeps the bad ones for errors.csv', async () => {
    const response = await pixmill.upload(`${HEADER}\n1,Mug,${origin.url}/a.jpg\n2,Cup,\n`, {
      on_error: 'skip',
    });
    const answer = (await response.json()) as {
      request_id: string;
      images_total: number;
      errors: { code: string; line: number }[];
    };
    assert.deepEqual(
      [answer.images_total, answer.errors.map(({ code, line }) => [code, line])],
      [1, [['missing_images', 3]]],
    );
    await pixmill.finished(answer.request_id);
    const rows = parse(await (await pixmill.call(`/api/requests/${answer.request_id}/errors.csv`)).text(), {
      columns: true,
    }) as Record<string, string>[];
    assert.deepEqual(
      rows.map((row) => [row['S. No.'], row.Code]),
      [['2', 'missing_images']],
    );
  });
});

describe('changing a request', () => {
  test('retry runs the failed images only', async () => {
    const id = await uploaded(`1,Mug,"${origin.url}/b.jpg?retry,${origin.url}/flaky.jpg"\n`);
    assert.equal((await pixmill.finished(id)).images_failed, 1);
    repaired = true;
    const again = await json<StatusObject>(`/api/requests/${id}/retry`, { method: 'POST' });
    assert.equal(again.images_pending, 1);
    const done = await pixmill.finished(id);
    assert.deepEqual([done.images_failed, done.images_processed, origin.asked.get('/b.jpg?retry')], [0, 2, 1]);
    assert.equal((await pixmill.call(`/api/requests/${id}/retry`, { method: 'POST' })).status, 409);
  });

  test('cancel ends it at once; the result is there on demand before, and in full after', async () => {
    hold = true;
    const id = await uploaded(`1,Mug,"${origin.url}/b.jpg?cancel,${origin.url}/slow.jpg"\n`);
    while (held.length === 0) await new Promise(setImmediate);
    assert.equal((await pixmill.call(`/api/download/${id}`)).status, 409);
    assert.equal((await pixmill.call(`/api/download/${id}?partial=true`)).status, 200);
    const cancelled = await json<StatusObject>(`/api/requests/${id}/cancel`, { method: 'POST' });
    assert.deepEqual([cancelled.status, cancelled.images_pending], ['Cancelled', 0]);
    assert.equal((await pixmill.call(`/api/requests/${id}/cancel`, { method: 'POST' })).status, 409);
    assert.equal((await pixmill.call(`/api/download/${id}`)).status, 200);
    for (const release of held) release();
  });

  test('delete removes rows and files', async () => {
    const id = await uploaded(`1,Gone,${origin.url}/b.jpg?delete\n`);
    await pixmill.finished(id);
    const path = (await json<Details>(`/api/details/${id}`)).products[0]?.images[0]?.path as string;
    const lies = () => images().some((name) => name.endsWith(path));
    assert.ok(lies());
    assert.equal((await pixmill.call(`/api/requests/${id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await pixmill.call(`/api/status/${id}`)).status, 404);
    assert.equal((await pixmill.call(`/api/image/${path}`)).status, 404);
    assert.ok(!lies());
    assert.equal((await pixmill.call(`/api/requests/${id}`, { method: 'DELETE' })).status, 404);
  });

  test('the list is newest first, in pages', async () => {
    const all: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await json<{ requests: StatusObject[]; next_cursor: string | null }>(
        `/api/requests?limit=3${cursor}`,
      );
      all.push(...page.requests.map(({ request_id }) => request_id));
      if (!page.next_cursor) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    assert.deepEqual(all, [...all].sort().reverse());
    assert.equal(all.length, (await json<{ requests: unknown[] }>('/api/requests')).requests.length);
  });
});

test('live events follow a request to its end', async () => {
  hold = true;
  held.length = 0;
  const id = await uploaded(`1,Mug,"${origin.url}/b.jpg?events,${origin.url}/slow.jpg?events"\n`);
  const response = await pixmill.call(`/api/requests/${id}/events`);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const states: StatusObject[] = [];
  for await (const chunk of response.body ?? []) {
    for (const [, data = ''] of Buffer.from(chunk as Uint8Array)
      .toString()
      .matchAll(/^data: (.*)$/gm))
      states.push(JSON.parse(data));
    if (states.at(-1)?.images_processed === 1) for (const release of held) release();
  }
  assert.equal(states.at(-1)?.status, 'Completed');
  assert.ok(states.length >= 2);
  hold = false;
});

test('it stops when it is told to, and leaves no temporary file', async () => {
  assert.equal(await pixmill.stop(), 0);
  assert.deepEqual(temporaryFiles(pixmill.dataDir), []);
  assert.equal(pixmill.log(), '');
});
