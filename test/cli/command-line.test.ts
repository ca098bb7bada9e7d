import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls';
const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
let slow: (() => void) | undefined;
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/slow.jpg': (_request, response) => {
    if (slow) slow();
    setTimeout(() => response.end(jpeg), slow ? 60_000 : 0).unref();
  },
});
const folder = temporaryFolder();

function csvFile(name: string, rows: string): string {
  const path = join(folder, name);
  writeFileSync(path, `${HEADER}\n${rows}`);
  return path;
}

describe('pixmill run', () => {
  test('writes images, result and summary; exit code 0 when all is done', async () => {
    const out = join(folder, 'good');
    const {
      exitCode,
      out: text,
      err,
    } = await runCommand(['run', csvFile('good.csv', `1,Mug,${origin.url}/a.jpg\n`), '--out', out, '--scale', '50']);
    assert.equal(exitCode, 0, err);
    const [row] = parse(readFileSync(join(out, 'results.csv')), { columns: true }) as Record<string, string>[];
    const image = join(out, row?.['Output Image Urls'] ?? '');
    assert.match(row?.['Output Image Urls'] ?? '', /^images\/mug-1-\w+\.jpg$/);
    assert.equal((await sharp(image).metadata()).width, 200);
    assert.match(text, /Images +1\nDone +1\nFailed +0\nBefore .*\nAfter +.* saved\)\nTime /);
    assert.match(err, /1 of 1 images, 0 failed/);
    assert.ok(!existsSync(join(out, 'errors.csv')));
  });

  test('a table without serial numbers and names is run, and what was assumed is said', async () => {
    const out = join(folder, 'nameless');
    const file = join(folder, 'nameless.csv');
    writeFileSync(file, `Image URL\n${origin.url}/a.jpg\n`);
    const { exitCode, err } = await runCommand(['run', file, '--out', out]);
    assert.equal(exitCode, 0, err);
    assert.match(
      err,
      /^Warnings: 2\n {2}line 1: .*rows are numbered.*\n {2}line 1: .*the file name of the first link/m,
    );
    assert.match(
      readFileSync(join(out, 'results.csv'), 'utf8'),
      /^Image URL,Output Image Urls\nhttp\S+\/a\.jpg,images\/a-1-\w+\.jpg\n$/,
    );
  });

  test('exit code 2 and errors.csv when some failed, JSON on demand', async () => {
    const out = join(folder, 'some');
    const { exitCode, out: text } = await runCommand([
      'run',
      csvFile('some.csv', `1,Mug,"${origin.url}/a.jpg,${origin.url}/lost.jpg"\n`),
      '--out',
      out,
      '--json',
    ]);
    const result = JSON.parse(text) as { images_failed: number; failures: object[]; errors: string };
    assert.deepEqual([exitCode, result.images_failed, result.failures], [2, 1, [{ code: 'http_404', count: 1 }]]);
    assert.match(readFileSync(result.errors, 'utf8'), /http_404/);
  });

  test('rows that are left out are counted, and named in errors.csv; warnings are shown', async () => {
    const out = join(folder, 'ragged');
    const csv = csvFile('ragged.csv', `1,Mug,${origin.url}/a.jpg\n2,Can,\n3,Cup,nonsense\n`);
    const { exitCode, out: text, err } = await runCommand(['run', csv, '--out', out, '--on-error', 'skip']);
    assert.equal(exitCode, 2);
    assert.match(
      err,
      /1 row is left out; errors\.csv will name what is wrong\.\n {2}line 3, Input Image Urls: The row has no/,
    );
    assert.match(err, /^Warnings: 1\n {2}line 4, Input Image Urls: "nonsense" is not/m);
    assert.match(text, /Rows left out +1\n[\s\S]*Errors +\S+errors\.csv\n$/);
    assert.match(readFileSync(join(out, 'errors.csv'), 'utf8'), /missing_images/);
    const json = await runCommand(['run', csv, '--out', out, '--on-error', 'skip', '--json']);
    assert.equal((JSON.parse(json.out) as { rows_skipped: number }).rows_skipped, 1);
  });

  test('exit code 1 with one sentence when it cannot run', async () => {
    const good = csvFile('one.csv', `1,Mug,${origin.url}/a.jpg\n`);
    const cases: [string[], RegExp][] = [
      [['run', join(folder, 'nothing.csv'), '--out', join(folder, 'x1')], /no such file/],
      [['run', csvFile('bad.csv', '1,,\n'), '--out', join(folder, 'x2')], /CSV validation failed/],
      [['run', good, '--out', join(folder, 'x3'), '--quality', '0'], /"quality" must be/],
      [['run', good, '--out', join(folder, 'x4'), '--format', 'bmp'], /Allowed choices/],
      [['run', good], /--out/],
      [['run', good, '--out', join(folder, 'good')], /another file/],
      [['nonsense'], /unknown command/],
    ];
    for (const [args, sentence] of cases) {
      const { exitCode, err } = await runCommand(args);
      assert.equal(exitCode, 1, args.join(' '));
      assert.match(err, sentence);
      assert.doesNotMatch(err, /\n\s+at /, 'no stack trace');
    }
  });

  test('a CSV that was refused does not keep its corrected form out of the folder', async () => {
    const out = join(folder, 'corrected');
    assert.equal((await runCommand(['run', csvFile('draft.csv', '1,,\n'), '--out', out])).exitCode, 1);
    const corrected = await runCommand(['run', csvFile('draft.csv', `1,Mug,${origin.url}/a.jpg\n`), '--out', out]);
    assert.equal(corrected.exitCode, 0, corrected.err);
    const again = await runCommand(['run', csvFile('draft.csv', `1,Mug,${origin.url}/a.jpg\n`), '--out', out]);
    assert.match(again.err, /finished before/);
    assert.doesNotMatch(again.out, /images a second/, 'no speed is shown for work that was not done now');
  });

  test('killed in the middle, the same command goes on and does nothing twice', async () => {
    const out = join(folder, 'killed');
    const rows = Array.from({ length: 30 }, (_, index) => `${index},Mug ${index},${origin.url}/a.jpg?k${index}\n`).join(
      '',
    );
    const args = ['run', csvFile('killed.csv', `${rows}99,Slow,${origin.url}/slow.jpg\n`), '--out', out];
    const killed = await runCommand(args, {}, (child) => {
      slow = () => {
        const database = new DatabaseSync(join(out, '.pixmill/pixmill.sqlite'), { readOnly: true });
        const settled = database.prepare("select count(*) as count from images where status = 'done'");
        const look = setInterval(() => {
          if (Number(settled.get()?.count) < 10) return;
          clearInterval(look);
          database.close();
          child.kill('SIGKILL');
        }, 5);
      };
    });
    assert.equal(killed.exitCode, null);
    slow = undefined;
    const again = await runCommand(args);
    assert.equal(again.exitCode, 0, again.err);
    assert.match(again.err, /Going on where it was/);
    const outputs = (parse(readFileSync(join(out, 'results.csv')), { columns: true }) as Record<string, string>[]).map(
      (row) => row['Output Image Urls'],
    );
    assert.equal(new Set(outputs).size, 31);
    assert.deepEqual(
      readdirSync(join(out, 'images'))
        .map((name) => `images/${name}`)
        .sort(),
      [...outputs].sort(),
    );
    assert.deepEqual(temporaryFiles(join(out, '.pixmill')), []);
    const asked = [...origin.asked].filter(([path]) => path.includes('?k'));
    assert.ok(asked.reduce((sum, [, times]) => sum + times, 0) <= 50, 'what was done is not downloaded again');
  });
});

describe('other commands', () => {
  test('check-data finds what is missing', async () => {
    const env = { PIXMILL_DATA_DIR: join(folder, 'checked') };
    const data = { ...env, PIXMILL_PORT: '0' };
    const pixmill = await startPixmill({ dataDir: data.PIXMILL_DATA_DIR });
    const upload = await pixmill.upload(`${HEADER}\n1,Mug,${origin.url}/a.jpg\n2,Cup,${origin.url}/a.jpg?2\n`);
    await pixmill.finished(((await upload.json()) as { request_id: string }).request_id);
    const fine = await runCommand(['check-data'], env);
    assert.deepEqual([fine.exitCode, fine.out], [0, '2 images looked up, 0 problems.\n']);
    const images = join(env.PIXMILL_DATA_DIR, 'images');
    const [first = '', second = ''] = readdirSync(images, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jpg'),
    );
    rmSync(join(images, first));
    writeFileSync(join(images, second), 'half');
    await pixmill.stop();
    const database = new DatabaseSync(join(env.PIXMILL_DATA_DIR, 'pixmill.sqlite'));
    database.exec('update requests set images_done = images_done + 1');
    database.close();
    const found = await runCommand(['check-data'], env);
    assert.equal(found.exitCode, 2);
    for (const sentence of [/counters of request/, /has no file/, /is not whole/]) assert.match(found.err, sentence);
  });

  test('check says how a CSV is understood, and what is wrong with it', async () => {
    const fine = await runCommand([
      'check',
      csvFile('fine.csv', `1,Mug,${origin.url}/a.jpg\n2,Cup,${origin.url}/a.jpg\n`),
    ]);
    assert.equal(fine.exitCode, 0);
    assert.match(fine.out, /Images +2 \(1 repeated, downloaded once\)/);
    writeFileSync(join(folder, 'links.csv'), `Image URL\n${origin.url}/a.jpg\n`);
    const links = await runCommand(['check', join(folder, 'links.csv')]);
    assert.equal(links.exitCode, 0);
    assert.match(links.out, /Serial number +number of the row\nProduct name +file name of the first link\n/);
    assert.match(links.out, /Warnings: 2\n {2}line 1: .*numbered from 1/);
    const read = await runCommand([
      'check',
      csvFile('read.csv', `1,Mug,"${origin.url}/a.jpg?w=1&amp;h=1"\n,Cup,${origin.url}/a.jpg\n`),
    ]);
    assert.match(read.out, /was read as/);
    assert.equal(read.exitCode, 0, 'mere notices');
    const bad = await runCommand(['check', csvFile('wrong.csv', '1,Mug,\n2,Cup,nonsense\n')]);
    assert.equal(bad.exitCode, 2);
    assert.match(bad.out, /Rows that cannot be used: 1\n {2}line 2, Input Image Urls: The row has no image link/);
    assert.match(bad.out, /with --on-error skip it leaves them out, and errors\.csv has them/);
    assert.match(bad.out, /line 3, Input Image Urls: "nonsense" is not/);
  });

  test('check-config names every problem at once', async () => {
    const env = { PIXMILL_PORT: 'x', PIXMILL_HOST: '0.0.0.0', PIXMILL_MAX_TRIES: '0', PIXMILL_NONSENSE: '1' };
    const { exitCode, err } = await runCommand(['check-config'], env);
    assert.equal(exitCode, 1);
    for (const name of ['PIXMILL_PORT', 'PIXMILL_HOST', 'PIXMILL_MAX_TRIES', 'PIXMILL_NONSENSE'])
      assert.match(err, new RegExp(name));
    assert.equal((await runCommand(['check-config'])).exitCode, 0);
    const started = await runCommand(['start'], env);
    assert.equal(started.exitCode, 1);
    assert.match(started.err, /PIXMILL_PORT/);
  });

  test('help shows examples, version the version', async () => {
    for (const args of [['--help'], ['run', '--help'], ['check', '--help']]) {
      const { exitCode, out } = await runCommand(args);
      assert.equal(exitCode, 0);
      assert.match(out, /Examples?:/);
    }
    assert.match((await runCommand(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  });

  test('migrate, secret and backup work on the data folder', async () => {
    const env = { PIXMILL_DATA_DIR: join(folder, 'data') };
    assert.equal((await runCommand(['migrate'], env)).exitCode, 0);
    const secret = await runCommand(['secret'], env);
    assert.match(secret.out, /^whsec_[\w+/]{32}\n$/);
    assert.equal((await runCommand(['secret'], env)).out, secret.out, 'it is made once');
    const copy = join(folder, 'copy.sqlite');
    assert.equal((await runCommand(['backup', copy], env)).exitCode, 0);
    assert.ok(existsSync(copy));
    assert.match((await runCommand(['backup', copy], env)).err, /exists already/);
  });
});
