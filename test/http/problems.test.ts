import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROBLEMS, type ProblemCode } from '../../src/domain/catalogues/problems.ts';
import { Problem } from '../../src/domain/problem.ts';
import { PROBLEM_STATUSES } from '../../src/http/error-response.ts';
import { problemDocument } from '../../src/http/problem-document.ts';
import { httpServer } from '../support/http-server.ts';

const { server } = await httpServer();
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const PROBLEM = 'application/problem+json; charset=utf-8';

async function typeFor(url: string, accept: string | undefined, method: 'GET' | 'POST' = 'GET'): Promise<string> {
  const headers = accept === undefined ? {} : { accept };
  const { headers: received } = await server.inject({ method, url, headers });
  assert.match(String(received.vary), /accept/i);
  return String(received['content-type']);
}

test('every refusal has all members, and a sentence that says what to do', () => {
  for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
    const document = problemDocument(new Problem(code), PROBLEM_STATUSES[code]);
    assert.deepEqual(Object.keys(document), ['type', 'title', 'status', 'detail', 'code', 'error']);
    assert.match(document.detail, /^[A-Z].{10,}\.$/, code);
    assert.notEqual(document.detail, document.title, code);
  }
});

test('older clients find the very sentences that they compare with', () => {
  const sentence = (code: ProblemCode) => problemDocument(new Problem(code), 400).error;
  assert.equal(sentence('file_missing'), 'file not provided');
  assert.equal(sentence('csv_invalid'), 'CSV validation failed');
  assert.equal(sentence('missing_columns'), 'CSV validation failed');
  assert.equal(sentence('request_not_found'), 'Wrong Request ID');
  assert.equal(sentence('internal_error'), 'Internal server error');
});

describe('a refusal comes in the form that the client asks for', () => {
  test('a problem document, for whoever asks for nothing or for anything', async () => {
    for (const accept of [undefined, '*/*', 'application/*', 'image/png', 'nonsense', ''])
      assert.equal(await typeFor('/api/status/x', accept), PROBLEM, accept);
  });

  test('plain JSON where that is named, and no problem document', async () => {
    const plain = 'application/json; charset=utf-8';
    for (const accept of ['application/json', 'application/json, text/plain, */*', 'text/html, application/json;q=0.1'])
      assert.equal(await typeFor('/api/status/x', accept), plain, accept);
    for (const accept of ['application/json, application/problem+json;q=0.1', 'application/json;q=0'])
      assert.equal(await typeFor('/api/status/x', accept), PROBLEM, accept);
    const { body } = await server.inject({ url: '/api/status/x', headers: { accept: 'application/json' } });
    assert.equal(JSON.parse(body).code, 'request_not_found');
  });

  test('a page with the same status for a browser that follows a link outside of /api', async () => {
    for (const url of ['/status/x', '/fetch/x', '/nothing', '/%zz']) {
      const { statusCode, headers, body } = await server.inject({ url, headers: { accept: BROWSER } });
      assert.deepEqual([statusCode, headers['content-type']], [404, 'text/html; charset=utf-8'], url);
      assert.match(body, /<h1>There is no/);
      assert.match(body, /<a href="\/">/);
    }
    assert.equal(await typeFor('/apiary', BROWSER), 'text/html; charset=utf-8');
    for (const url of ['/api/status/x', '/api', '//api/status/x', '/API/x'])
      assert.equal(await typeFor(url, BROWSER), PROBLEM, url);
    assert.equal(await typeFor('/upload', BROWSER, 'POST'), PROBLEM);
    assert.equal(await typeFor('/status/x', 'application/json, text/html;q=0.9'), 'application/json; charset=utf-8');
  });

  test('a page runs nothing of what is in the address', async () => {
    const url = '/docs/static/%3Cscript%3Ealert(1)%3C/script%3E';
    const { body, headers } = await server.inject({ url, headers: { accept: BROWSER } });
    assert.doesNotMatch(body, /<script>alert/);
    assert.match(String(headers['content-security-policy']), /script-src 'self'/);
  });
});
