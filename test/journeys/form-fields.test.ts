import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Pixmill } from '../../src/client/index.ts';
import { UPLOAD_OPTIONS } from '../../src/domain/options.ts';
import { refuseSlips } from '../../src/domain/unknown-fields.ts';
import { startPixmill } from '../support/pixmill.ts';

const CSV = 'S. No.,Product Name,Input Image Urls\n1,SKU1,http://127.0.0.1:1/a.jpg\n';
const KNOWN = Object.keys(UPLOAD_OPTIONS);

interface Answer {
  request_id: string | null;
  warnings: { code: string; message: string }[];
  warnings_total: number;
  code: string;
  detail: string;
}

const pixmill = await startPixmill();

async function send(
  parts: [name: string, value: string | File][],
  { path = '/api/upload', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<{ http: number } & Answer> {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  const response = await pixmill.call(path, { method: 'POST', body: form, headers });
  return { http: response.status, ...((await response.json()) as Answer) };
}

const file: [string, File] = ['file', new File([CSV], 'products.csv')];

describe('forms with fields of their own', () => {
  test('a named button and a token before and after the file are ignored with a warning, at every route', async () => {
    for (const path of ['/api/upload', '/api/upload-csv/', '/upload/']) {
      const answer = await send([['csrfmiddlewaretoken', 'abc'], file, ['submit', 'Upload']], { path });
      assert.equal(answer.http, 200, answer.detail);
      assert.deepEqual(
        answer.warnings.map(({ code, message }) => [code, message.slice(0, 37)]),
        [
          ['unknown_field', 'The field "csrfmiddlewaretoken" is no'],
          ['unknown_field', 'The field "submit" is not known and w'],
        ],
      );
      for (const name of ['file', ...KNOWN])
        assert.match(answer.warnings[0]?.message ?? '', new RegExp(`\\b${name}\\b`));
      assert.equal(answer.warnings_total, 2);
    }
  });

  test('a dry run says the same', async () => {
    const { http, warnings, request_id } = await send([file, ['dry_run', 'true'], ['submit', '']]);
    assert.deepEqual([http, request_id, warnings.map(({ code }) => code)], [200, null, ['unknown_field']]);
  });

  test('the client hands the warnings on', async () => {
    const client = new Pixmill({ url: pixmill.url });
    const { warnings } = await client.upload(new Blob([CSV]), { submit: 'Upload' } as object);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['unknown_field'],
    );
  });

  test('an ignored field makes no other upload of it: the same Idempotency-Key gives the same request', async () => {
    const headers = { 'idempotency-key': 'one' };
    const first = await send([file, ['csrfmiddlewaretoken', 'abc']], { headers });
    const again = await send([file, ['csrfmiddlewaretoken', 'xyz'], ['button', '1']], { headers });
    const without = await send([file], { headers });
    assert.deepEqual([again.http, again.request_id, without.request_id], [200, first.request_id, first.request_id]);
    assert.deepEqual(again.warnings, first.warnings);
    assert.equal((await send([file, ['quality', '80']], { headers })).code, 'idempotency_conflict');
  });

  test('many of them, long ones and repeated ones do no harm; too many are refused in plain words', async () => {
    const hidden = (count: number) => Array.from({ length: count }, (_, index): [string, string] => [`_${index}`, 'x']);
    const state: [string, string] = ['__VIEWSTATE', 'x'.repeat(100_000)];
    const { http, warnings_total } = await send([state, ['tag', 'a'], ['tag', 'b'], ...hidden(25), file]);
    assert.deepEqual([http, warnings_total], [200, 27]);
    const { http: refused, code, detail } = await send([...hidden(200), file]);
    assert.deepEqual([refused, code], [422, 'unknown_field']);
    assert.match(
      detail,
      /^The form has more than \d+ fields\. Leave out those that are not known\. Known fields: file, quality, /,
    );
    assert.equal((await send([file, ['quality', '5'.repeat(5_000)]])).code, 'invalid_option');
  });

  test('no name of a field harms: none, very long ones, those of JavaScript, commands for a terminal', async () => {
    for (const name of ['', 'x'.repeat(5_000), '\u001b[2J']) {
      const { http, warnings } = await send([[name, 'x'], file]);
      assert.equal(http, 200);
      assert.doesNotMatch(warnings[0]?.message ?? '\u001b', /\p{Cc}/u);
    }
    assert.equal((await send([['__proto__', 'x'], file])).http, 400);
    const nameless = `--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${CSV}\r\n--x--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const response = await pixmill.call('/api/upload', { method: 'POST', body: nameless, headers });
    assert.equal(response.status, 200, await response.text());
  });

  test('a text where the file should be is named as that, an empty one is none', async () => {
    const text = await send([['file', 'products.csv']]);
    assert.deepEqual([text.http, text.code], [400, 'file_missing']);
    assert.match(text.detail, /came as text; curl sends a file with file=@/);
    const csvFile: [string, File] = ['csv_file', file[1]];
    assert.deepEqual((await send([['file', ''], csvFile])).warnings, []);
    assert.match((await send([['file', 'string'], csvFile])).warnings[0]?.message ?? '', /came as text, not as a file/);
  });
});

describe('options in the address', () => {
  const held = async (query: string, ...fields: [string, string][]) => {
    const { request_id, detail } = await send([file, ...fields], { path: `/api/upload?${query}` });
    assert.ok(request_id, detail);
    return ((await (await pixmill.call(`/api/status/${request_id}`)).json()) as { options: object }).options;
  };

  test('hold as form fields do, and the form wins, unless its field is empty', async () => {
    const defaults = { quality: 50, scale: 100, format: 'same', effort: 'fast', on_error: 'refuse' };
    assert.deepEqual(await held('quality=70&format=JPG&delimiter=comma'), {
      ...defaults,
      quality: 70,
      format: 'jpeg',
      delimiter: ',',
    });
    assert.deepEqual(await held('quality=70&scale=20', ['quality', '60'], ['scale', '']), {
      ...defaults,
      quality: 60,
      scale: 20,
    });
  });

  test('are refused as they are in a form: a wrong value, two that differ, a slip; others are ignored with a warning', async () => {
    for (const [query, code] of [
      ['quality=0', 'invalid_option'],
      ['quality=60&quality=70', 'invalid_option'],
      ['qualty=60', 'unknown_field'],
    ]) {
      const answer = await send([file], { path: `/api/upload?${query}` });
      assert.deepEqual([answer.http, answer.code], [422, code]);
    }
    const { http, warnings } = await send([file], { path: '/upload/?utm_source=mail' });
    assert.deepEqual([http, warnings.map(({ code }) => code)], [200, ['unknown_field']]);
  });
});

describe('slips of the pen', () => {
  const slips: [sent: string, meant: string][] = [
    ['qualty', 'quality'],
    ['qualitty', 'quality'],
    ['quelity', 'quality'],
    ['qaulity', 'quality'],
    ['Quality', 'quality'],
    ['sacle', 'scale'],
    ['dryrun', 'dry_run'],
    ['onerror', 'on_error'],
    ['on-eror', 'on_error'],
    ['webhookUrl', 'webhook_url'],
    ['delimeterr', 'delimiter'],
  ];
  for (const [sent, meant] of slips) {
    test(`${sent} is refused, asking whether ${meant} was meant`, async () => {
      const { http, code, detail } = await send([file, [sent, '1']]);
      assert.deepEqual([http, code], [422, 'unknown_field']);
      assert.match(detail, new RegExp(`^Unknown field "${sent}"\\. Did you mean "${meant}"\\? Known fields: file, `));
    });
  }

  test('other words, however near, are none', async () => {
    for (const name of ['qualiti_', 'equalities', 'from', 'form', 'state', 'web_hook', 'fromat_x', 'dry']) {
      assert.equal((await send([file, [name, '1']])).http, 200, name);
    }
  });

  test('one edit of a name is a slip, two are one from 8 letters on', () => {
    const edit = (name: string, at: number, kind: number) => {
      const i = at % name.length;
      if (kind === 0) return `${name.slice(0, i)}z${name.slice(i)}`;
      if (kind === 1) return name.slice(0, i) + name.slice(i + 1);
      if (kind === 2) return `${name.slice(0, i)}z${name.slice(i + 1)}`;
      const [a = '', b = ''] = name.slice(i, i + 2);
      return name.slice(0, i) + b + a + name.slice(i + 2);
    };
    const place = fc.nat(20);
    fc.assert(
      fc.property(fc.constantFrom(...KNOWN), place, fc.nat(3), place, fc.nat(2), (known, at, kind, at2, kind2) => {
        const once = edit(known, at, kind);
        if (!KNOWN.includes(once)) assert.throws(() => refuseSlips([once]), once);
        // Swapped neighbours are one edit only while nothing else changes between them.
        const twice = edit(kind === 3 ? edit(known, at, 2) : once, at2, kind2);
        if (known.length >= 8 && !KNOWN.includes(twice)) assert.throws(() => refuseSlips([twice]), twice);
      }),
    );
  });
});
