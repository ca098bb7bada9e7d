import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { publint } from 'publint';
import { blocks, ROOT } from '../docs/written-pages.ts';
import { NPM_PATH, npmPack } from '../support/npm-pack.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = join(folder, 'node_modules/pixmill');
const env = {
  ...process.env,
  PATH: NPM_PATH,
  PIXMILL_ALLOW_ADDRESSES: '127.0.0.1',
};

/** Runs a program in the folder of the installation. @returns what it printed @throws where it fails */
async function run(program: string, args: string[]): Promise<string> {
  return (await promisify(execFile)(program, args, { cwd: folder, env })).stdout;
}

const OFFLINE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/** Installs the package as a user would. @returns a reason to skip the tests where no registry answers */
async function install(tarball: string): Promise<string | false> {
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0', tarball]);
    return false;
  } catch (error) {
    if (OFFLINE.test(String(error))) return 'needs a package registry';
    throw error;
  }
}

const { tarball, files } = await npmPack(folder);
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
const skip = await install(tarball);

test('the package holds what runs and what explains it, and nothing else', () => {
  const wanted = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json', 'web'];
  assert.deepEqual([...new Set(files.map((path) => path.split('/')[0]))].sort(), wanted);
  const sources = files.filter((path) => /(?<!\.d)\.tsx?$|^web\/(?!dist\/)/.test(path));
  assert.deepEqual(sources, []);
  const besides = files.filter((path) => /\.test\.|(?:^|\/)(?:test|bench)\//.test(path));
  assert.deepEqual(besides, []);
});

test('the package says of itself what is true', { skip }, async () => {
  const { messages } = await publint({ pkgDir: home, pack: false, strict: true });
  assert.deepEqual(messages, []);
});

test('installed in an empty folder, npx compresses a CSV', { skip }, async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  assert.equal(await run('npx', ['pixmill', '--version']), `${version}\n`);
  const origin = await startOrigin({ '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
  writeFileSync(join(folder, 'products.csv'), `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.jpg\n`);
  await run('npx', ['pixmill', 'run', 'products.csv', '--out', 'result']);
  const [row] = parse(readFileSync(join(folder, 'result/results.csv')), { columns: true }) as Record<string, string>[];
  assert.ok(readFileSync(join(folder, 'result', row?.['Output Image Urls'] ?? '')).length > 0);
});

test('installed in an empty folder, the server has its page and its documentation', { skip }, async () => {
  const pixmill = await startPixmill({ program: join(home, 'bin/pixmill.js') });
  const page = await (await pixmill.call('/')).text();
  const assets = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(assets.length > 0, page);
  for (const path of [...assets, '/docs', '/redoc/redoc.standalone.js', '/openapi.json']) {
    const answer = await pixmill.call(path);
    assert.equal(answer.status, 200, path);
    assert.ok((await answer.bytes()).length > 0, path);
  }
  assert.equal(await pixmill.stop(), 0);
});

const PROGRAM = `${blocks('docs/operations.md', 'ts')[0]}
process.stdout.write(answer.statusText);
// @ts-expect-error There is no such setting.
const settings: import('pixmill').Settings = { PIXMILL_COLOUR: 'blue' };
`;

test('another program starts Pixmill, with the types that it needs', { skip }, async () => {
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  const types = join(ROOT, 'node_modules/@types');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--typeRoots', types];
  await run(join(ROOT, 'node_modules/.bin/tsc'), [...options, '--types', 'node', 'program.ts']);
  assert.equal(await run('node', ['program.ts']), 'OK');
});
