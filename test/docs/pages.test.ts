import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { apiPage } from '../../scripts/docs/api-page.ts';
import { commandLinePage } from '../../scripts/docs/command-line-page.ts';
import { decisionsPage } from '../../scripts/docs/decisions-page.ts';
import { optionsPage } from '../../scripts/docs/options-page.ts';
import { configurationPage, errorsPage, formatsPage } from '../../scripts/docs/reference-pages.ts';
import { startPixmill } from '../support/pixmill.ts';
import { pages, ROOT, pageText as read } from './written-pages.ts';

test('errors.md lists every code of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/errors.md'), errorsPage());
});

test('formats.md lists every format of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/formats.md'), formatsPage());
});

test('configuration.md lists every variable of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/configuration.md'), configurationPage());
});

test('api.md lists every route of the program (npm run docs writes it anew)', async () => {
  const openapi = (await (await (await startPixmill()).call('/openapi.json')).json()) as object;
  assert.equal(read('docs/api.md'), apiPage(openapi));
});

test('command-line.md says what every command says of itself (npm run docs writes it anew)', () => {
  assert.equal(read('docs/command-line.md'), commandLinePage());
});

test('decisions/README.md lists every decision with its status and date (npm run docs writes it anew)', () => {
  assert.equal(read('docs/decisions/README.md'), decisionsPage());
  assert.doesNotMatch(decisionsPage(), /undefined/);
});

test('options.md explains every option of an upload, with its default (npm run docs writes it anew)', () => {
  assert.equal(read('docs/options.md'), optionsPage());
});

/** Files of the project that a page leads to. */
function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => join(dirname(page), link));
}

test('no link between the pages is dead', () => {
  const dead = pages().flatMap((page) => linksOf(page).filter((path) => !existsSync(join(ROOT, path))));
  assert.deepEqual(dead, []);
});

test('every page is two clicks from the README', () => {
  const first = linksOf('README.md').filter((path) => path.endsWith('.md'));
  const reached = new Set([...first, ...first.flatMap(linksOf)]);
  const records = /^docs\/decisions\/\d/;
  assert.deepEqual(
    pages().filter((page) => page !== 'README.md' && !reached.has(page) && !records.test(page)),
    [],
  );
});
