import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { without } from '../support/has-program.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { env, readersFolder } from './reader.ts';
import { blocks } from './written-pages.ts';

const run = promisify(execFile);
const origin = await startOrigin({ '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer() });
const pixmill = await startPixmill();
/** One image that can be done, one that cannot, one row that is left out. */
const ROWS = `1,Mug,${origin.url}/a.jpg\n2,Cup,${origin.url}/lost.jpg\n3,Jug,\n`;

const atServer = (code = '') => code.replaceAll('http://127.0.0.1:8080', pixmill.url);
const result = (folder: string, name = 'results.csv') => readFileSync(join(folder, name), 'utf8');
const MUG = /^1,Mug,\S+\/api\/image\/mug-1-\w+\.jpg$/m;

describe('docs/examples.md works as it stands', { concurrency: 2 }, () => {
  test('in curl', { skip: without('curl') }, async () => {
    const folder = readersFolder(ROWS);
    const { stdout } = await run('sh', ['-euc', atServer(blocks('docs/examples.md', 'sh')[0])], { cwd: folder, env });
    assert.match(stdout, /^100 %$/m);
    assert.match(stdout, /"status":"Completed"/);
    assert.match(result(folder), MUG);
    assert.match(result(folder, 'errors.csv'), /http_404/);
    assert.equal(result(folder, 'images.zip').slice(0, 2), 'PK');
  });

  test('on the command line', { skip: without('npx') }, async () => {
    const folder = readersFolder(ROWS);
    const line = `${blocks('docs/examples.md', 'sh')[1]?.trim()} --server ${pixmill.url}`;
    const failed = await run('sh', ['-c', line], { cwd: folder, env }).catch((error) => error as { code: number });
    assert.equal('code' in failed && failed.code, 2);
    assert.match(result(folder), MUG);
  });

  test('in TypeScript', async () => {
    const folder = readersFolder(ROWS);
    const [code] = blocks('docs/examples.md', 'ts');
    writeFileSync(join(folder, 'example.ts'), atServer(code));
    const { stdout } = await run(process.execPath, ['example.ts'], { cwd: folder });
    assert.match(stdout, /^1 done, 1 failed\nCup \S+\/lost\.jpg The image host answered with status 404/m);
    assert.match(result(folder), MUG);
    writeFileSync(join(folder, 'products.csv'), 'nothing,that,helps\n1,2,3\n');
    const refused = await run(process.execPath, ['example.ts'], { cwd: folder }).catch((error) => error);
    assert.match((refused as { stderr: string }).stderr, /^CSV validation failed/);
  });

  test('in Python', { skip: without('python3') }, async () => {
    const folder = readersFolder(ROWS);
    writeFileSync(join(folder, 'example.py'), atServer(blocks('docs/examples.md', 'python')[0]));
    const { stdout } = await run('python3', ['-I', 'example.py'], { cwd: folder });
    assert.match(stdout, /^1 done, 1 failed\nMug http\S+\.jpg\nCup Error processing image$/m);
    assert.match(result(folder), MUG);
    writeFileSync(join(folder, 'products.csv'), 'S. No.,Product Name,Input Image Urls\n1,Mug,\n');
    const script = readFileSync(join(folder, 'example.py'), 'utf8').replace(', "on_error": "skip"', '');
    writeFileSync(join(folder, 'example.py'), script);
    const refused = await run('python3', ['-I', 'example.py'], { cwd: folder }).catch((error) => error);
    assert.match((refused as { stderr: string }).stderr, /^line 2: The row has no image link/);
    assert.ok(existsSync(join(folder, 'results.csv')));
  });
});
