import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { configurationPage, errorsPage } from '../../docs/reference-pages.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

test('errors.md lists every code of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/errors.md'), errorsPage());
});

test('configuration.md lists every variable of the program (npm run docs writes it anew)', () => {
  assert.equal(read('docs/configuration.md'), configurationPage());
});

test('every CSV issue that the reader can raise is explained', () => {
  const page = errorsPage();
  const files = readdirSync(join(ROOT, 'src/csv'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    for (const [, code] of read(`src/csv/${file}`).matchAll(/(?:code: |issue\(\w+, |Problem\()'([a-z_0-9]+)'/g)) {
      assert.ok(page.includes(`\`${code}\``), `${code} of ${file}`);
    }
  }
});

test('no link between the pages is dead', () => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ];
  const dead = pages
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, link = '']) => join(dirname(page), link))
        .filter((path) => !existsSync(join(ROOT, path))),
    );
  assert.deepEqual(dead, []);
});
