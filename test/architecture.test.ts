import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

/** A file imports from lower ranks or from its own folder, never from a sibling of its own rank. */
const RANKS: Record<string, number> = {
  domain: 0,
  jpeg: 0,
  client: 0,
  tables: 1,
  pipeline: 2,
  observability: 3,
  outbound: 4,
  imaging: 4,
  storage: 4,
  results: 4,
  database: 4,
  queue: 5,
  worker: 6,
  http: 6,
  runtime: 7,
  operations: 8,
  cli: 9,
  'index.ts': 9,
  'main.ts': 10,
};

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
/** Without the tests and the bench that a folder of its own keeps beside what they are about. */
const files = sources.filter((file) => !/^jpeg.(test|bench)\b/.test(file));
const source = (file: string) => readFileSync(join(SRC, file), 'utf8');
const folderOf = (file: string) => file.split(sep)[0] ?? '';

function importsOf(file: string): string[] {
  return [...source(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(SRC, normalize(join(SRC, dirname(file), path))),
  );
}

test('every folder of src has a rank', () => {
  assert.deepEqual(
    files.map(folderOf).filter((folder) => !(folder in RANKS)),
    [],
  );
});

test('imports go downwards', () => {
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => !path.startsWith('..') && folderOf(path) !== folderOf(file))
      .filter((path) => (RANKS[folderOf(path)] ?? 99) >= (RANKS[folderOf(file)] ?? -1))
      .map((path) => `${file} → ${path}`),
  );
  assert.deepEqual(upward, []);
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

test('no import leads in a circle', () => {
  const state = new Map<string, 'open' | 'closed'>();
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'closed') return;
    assert.notEqual(state.get(file), 'open', `circle: ${[...path, file].join(' → ')}`);
    state.set(file, 'open');
    for (const next of importsOf(file)) if (files.includes(next)) visit(next, [...path, file]);
    state.set(file, 'closed');
  };
  for (const file of files) visit(file, []);
});

const CONFIG = join('runtime', 'config', 'config.ts');

test('only config.ts reads the environment', () => {
  assert.deepEqual(
    files.filter((file) => file !== CONFIG && /process\.env\b/.test(source(file))),
    [],
  );
});

test('only outbound opens sockets to addresses that users gave', () => {
  const network = /from '(undici|node:https?|node:net|node:tls|node:dns)'|\bfetch\(/;
  const allowed = new Set(['outbound', 'http', 'runtime', 'cli', 'client']);
  assert.deepEqual(
    files.filter((file) => !allowed.has(folderOf(file)) && network.test(source(file))),
    [],
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
    sources.filter((file) => file !== join('client', 'openapi.ts') && source(file).split('\n').length > 300),
    [],
  );
});
