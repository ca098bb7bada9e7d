import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { apiPage } from '../../scripts/docs/api-page.ts';
import { commandLinePage } from '../../scripts/docs/command-line-page.ts';
import { decisionsPage } from '../../scripts/docs/decisions-page.ts';
import { optionsPage } from '../../scripts/docs/options-page.ts';
import { configurationPage, errorsPage } from '../../scripts/docs/reference-pages.ts';
import { startPixmill } from '../support/pixmill.ts';
import { pages, ROOT, pageText as read } from './written-pages.ts';

test('errors.md lists every code of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/errors.md'), errorsPage());
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

test('decisions/README.md lists every decision (npm run docs writes it anew)', () => {
  assert.equal(read('docs/decisions/README.md'), decisionsPage());
});

test('options.md explains every option of an upload, with its default (npm run docs writes it anew)', () => {
  assert.equal(read('docs/options.md'), optionsPage());
});

test('every CSV issue that the reader can raise is explained', () => {
  const page = errorsPage();
  const files = readdirSync(join(ROOT, 'src/tables'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    for (const [, code] of read(`src/tables/${file}`).matchAll(/(?:code: |issue\(\w+, |Problem\()'([a-z_0-9]+)'/g)) {
      assert.ok(page.includes(`\`${code}\``), `${code} of ${file}`);
    }
  }
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
