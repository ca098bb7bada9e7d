import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../src/runtime/config/config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const SECRET = 'c2VjcmV0';
const KEY = 'k'.repeat(16);

function problems(text: string | undefined, env: NodeJS.ProcessEnv = {}): string {
  const path = join(folder, 'sources.json');
  if (text !== undefined) writeFileSync(path, text);
  const file = text === undefined ? join(folder, 'nowhere.json') : path;
  const found = readConfig({ PIXMILL_SOURCES: file, ...env }, '0').problems.join(' ');
  assert.doesNotMatch(found, new RegExp(SECRET));
  return found;
}

const withHeaders = (more: object = {}) =>
  JSON.stringify({ hosts: { 'img.example': { headers: { authorization: `Basic ${SECRET}` }, ...more } } });

test('headers for a host are for everybody only where there are no keys', () => {
  assert.equal(problems(withHeaders()), '');
  assert.match(problems(withHeaders(), { PIXMILL_API_KEYS: KEY }), /headers for img\.example .* Name the "customers"/);
  assert.equal(problems(withHeaders({ customers: ['shop-a'] }), { PIXMILL_API_KEYS: KEY }), '');
});

test('a file that is missing or wrong ends the start with a sentence, and its headers are not in it', () => {
  assert.match(problems(undefined), /PIXMILL_SOURCES must name a file that can be read \(ENOENT\)/);
  assert.match(problems(withHeaders().slice(1)), /PIXMILL_SOURCES must name a file of JSON/);
  assert.match(problems(withHeaders({ download: 3 })), /\/hosts\/img\.example\/download is not known/);
});
