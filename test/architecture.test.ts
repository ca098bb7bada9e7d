import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';
import { type Ranked, SRC_RANKS, WEB_RANKS, withRanks } from '../scripts/docs/ranks.ts';

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

/** The files below a folder, by their paths in it, with what each imports of the same folder and of others. */
function readTree(root: string, ranks: Ranked[]) {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    // A folder of its own keeps its tests and its bench beside what they are about.
    .filter((name) => !/^jpeg.(test|bench)\b/.test(name));
  const rankOf = new Map(ranks.map(({ name, rank }) => [name, rank]));
  const importsOf = (file: string) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
      relative(root, normalize(join(root, dirname(file), path))),
    );
  return { names, rank: (file: string) => rankOf.get(folderOf(file)), importsOf };
}

const folderOf = (file: string) => file.split(sep)[0] ?? '';
const { names: files, ...src } = readTree(SRC, SRC_RANKS);
const source = (file: string) => readFileSync(join(SRC, file), 'utf8');
const web = readTree(join(ROOT, 'web/src'), WEB_RANKS);

for (const [folder, { names, rank, importsOf }] of [
  ['src', { names: files, ...src }],
  ['web/src', web],
] as const) {
  test(`every folder of ${folder} has a rank`, () => {
    assert.deepEqual(
      names.filter((file) => rank(file) === undefined),
      [],
    );
  });

  test(`imports of ${folder} go downwards, or stay in their folder`, () => {
    const upward = names.flatMap((file) =>
      importsOf(file)
        .filter((path) => !path.startsWith('..') && folderOf(path) !== folderOf(file))
        // What has no rank is no code: a picture, a style sheet, the compiled codec.
        .filter((path) => /\.tsx?$/.test(path) && (rank(path) ?? 99) >= (rank(file) ?? -1))
        .map((path) => `${file} → ${path}`),
    );
    assert.deepEqual(upward, []);
  });

  test(`no import of ${folder} leads in a circle`, () => {
    const state = new Map<string, 'open' | 'closed'>();
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === 'closed') return;
      assert.notEqual(state.get(file), 'open', `circle: ${[...path, file].join(' → ')}`);
      state.set(file, 'open');
      for (const next of importsOf(file)) if (names.includes(next)) visit(next, [...path, file]);
      state.set(file, 'closed');
    };
    for (const file of names) visit(file, []);
  });
}

test('the page knows of the program only its client and its words', () => {
  const outside = web.names.flatMap((file) =>
    web
      .importsOf(file)
      .filter((path) => path.startsWith('..') && !/^\.\.\/\.\.\/src\/(client|domain)\//.test(path))
      .map((path) => `${file} → ${path}`),
  );
  assert.deepEqual(outside, []);
});

test('the JPEG requantizer imports nothing but its own files and Node', () => {
  const imports = files
    .filter((file) => folderOf(file) === 'jpeg')
    .flatMap((file) => [...source(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path = '']) => path));
  assert.ok(imports.includes('node:fs'));
  assert.deepEqual(
    imports.filter((path) => !/^node:|^\.\/(?!.*\.\.)/.test(path)),
    [],
  );
});

test('docs/architecture.md shows these ranks (npm run docs writes them)', () => {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  assert.equal(page, withRanks(page));
});

const CONFIG = join('runtime', 'config', 'config.ts');
const CLEAN_START = join('runtime', 'clean-start.ts');

test('only config.ts reads the environment, which clean-start.ts rids of secrets before', () => {
  assert.deepEqual(
    files.filter((file) => ![CONFIG, CLEAN_START].includes(file) && /process\.env\b/.test(source(file))),
    [],
  );
});

test('only outbound opens sockets to addresses that users gave', () => {
  const network = /from '(undici|node:https?|node:net|node:tls|node:dns)'|\bfetch\(/;
  const allowed = new Set(['outbound', 'http', 'runtime', 'cli', 'client']);
  assert.deepEqual(
    files.filter((file) => !allowed.has(folderOf(file)) && network.test(source(file))),
    // For the pipe that it is started with: to Node, that is a socket.
    files.filter((file) => file.endsWith('decoders/decoder-process.ts')),
  );
});

test('only the decoder process loads native image code', () => {
  const loaders = files.filter((file) => /from 'sharp'|import\('sharp'\)/.test(source(file)));
  assert.deepEqual(
    loaders.filter((file) => folderOf(file) !== 'imaging'),
    [],
  );
});

test('OpenTelemetry is loaded in one place, where spans are wanted', () => {
  const loaders = files.filter((file) => source(file).includes("'@opentelemetry/"));
  assert.deepEqual(loaders, [join('observability', 'open-telemetry.ts')]);
  const users = files.filter((file) => source(file).includes('/open-telemetry.ts'));
  assert.deepEqual(users, [join('runtime', 'app.ts')]);
  assert.doesNotMatch(source(join('runtime', 'app.ts')), /from '[^']*open-telemetry\.ts'/);
});

test('no file outgrows a reader', () => {
  assert.deepEqual(
    files.filter((file) => file !== join('client', 'openapi.ts') && source(file).split('\n').length > 300),
    [],
  );
});
