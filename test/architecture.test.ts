import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { test } from 'node:test';

const SRC = join(import.meta.dirname, '../src');

/** A file imports from lower ranks or from its own folder, never from a sibling of its own rank. */
const RANKS: Record<string, number> = {
  domain: 0,
  client: 0,
  csv: 1,
  pipeline: 2,
  outbound: 3,
  imaging: 3,
  storage: 3,
  results: 3,
  metrics: 3,
  tracing: 3,
  'watch.ts': 4,
  database: 3,
  queue: 4,
  worker: 5,
  http: 5,
  'version.ts': 5,
  'log.ts': 5,
  config: 5,
  'config.ts': 6,
  'backing.ts': 7,
  'data-care.ts': 8,
  'lookups.ts': 8,
  'app.ts': 9,
  cli: 10,
  'index.ts': 10,
  'main.ts': 11,
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
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

test('only config.ts reads the environment', () => {
  assert.deepEqual(
    files.filter((file) => file !== 'config.ts' && /process\.env\b/.test(source(file))),
    [],
  );
});

test('only outbound opens sockets to addresses that users gave', () => {
  const network = /from '(undici|node:https?|node:net|node:tls|node:dns)'|\bfetch\(/;
  const allowed = new Set(['outbound', 'http', 'app.ts', 'cli', 'client']);
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
  assert.deepEqual(loaders, [join('tracing', 'open-telemetry.ts')]);
  const users = files.filter((file) => source(file).includes('/open-telemetry.ts'));
  assert.deepEqual(users, ['app.ts']);
  assert.doesNotMatch(source('app.ts'), /from '[^']*open-telemetry\.ts'/);
});

test('no file outgrows a reader', () => {
  assert.deepEqual(
    files.filter((file) => file !== join('client', 'openapi.ts') && source(file).split('\n').length > 300),
    [],
  );
});
