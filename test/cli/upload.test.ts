import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = 'upload-0123456789abcdef';
const jpeg = await photo(80, 60).jpeg({ quality: 95 }).toBuffer();
let hold: () => void = () => undefined;
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/held.jpg': (_request, response) => {
    hold = () => response.end(jpeg);
  },
});
/** No program listens there, and no test is given a port so low. */
const NOBODY = 'http://127.0.0.1:2';
const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS: KEY } });
const folder = temporaryFolder();
const env = { PIXMILL_API_KEY: KEY };
const call = (path: string) => pixmill.call(path, { headers: { 'x-api-key': KEY } });

function csvFile(name: string, rows: string): string {
  writeFileSync(join(folder, name), `S. No.,Product Name,Input Image Urls\n${rows}`);
  return join(folder, name);
}

const good = csvFile('good.csv', `1,Mug,${origin.url}/a.jpg\n`);
const upload = (file: string, ...more: string[]) => runCommand(['upload', file, '--server', pixmill.url, ...more], env);

describe('pixmill upload', { concurrency: 2 }, () => {
  test('prints the request and where to look; what was asked for is done', async () => {
    const { exitCode, out, err } = await upload(good, '--format', 'webp', '--scale', '50');
    assert.deepEqual([exitCode, err], [0, '']);
    const id = /^Request +(\S+)$/m.exec(out)?.[1] ?? '';
    assert.match(out, new RegExp(`^Page +${pixmill.url}/requests/${id}$`, 'm'));
    let details = { finished_at: null, products: [{ images: [{ format_out: '', width: 0 }] }] };
    while (!details.finished_at) details = (await (await call(`/api/details/${id}`)).json()) as typeof details;
    assert.deepEqual(
      details.products[0]?.images.map(({ format_out, width }) => [format_out, width]),
      [['webp', 40]],
    );
  });

  test('waits, shows the progress, saves the result; exit code 0 when all is done', async () => {
    const result = join(folder, 'result.csv');
    const { exitCode, out, err } = await upload(good, '--out', result);
    assert.equal(exitCode, 0, err);
    assert.match(err, /^1 of 1 images, 0 failed$/m);
    assert.match(out, new RegExp(`Done +1\nFailed +0\nBefore .*\nAfter .* saved\\)\nResult +${result}\n$`));
    assert.match(readFileSync(result, 'utf8'), /Output Image Urls\n1,Mug,.*,http.*\/mug-1-\w+\.jpg\n$/);
  });

  test('exit code 2 when images failed or rows were left out, JSON on demand', async () => {
    const some = csvFile('some.csv', `1,Mug,"${origin.url}/a.jpg,${origin.url}/lost.jpg"\n`);
    const failed = await upload(some, '--wait');
    assert.equal(failed.exitCode, 2);
    assert.match(failed.out, /^Failed +1$/m);
    assert.match(failed.out, /^Errors +http.*errors\.csv$/m);
    const ragged = csvFile('ragged.csv', `1,Mug,${origin.url}/a.jpg\n2,Cup,\n`);
    const skipped = await upload(ragged, '--on-error', 'skip', '--wait', '--json');
    assert.equal(skipped.exitCode, 2);
    assert.match(skipped.err, /1 row is left out/);
    assert.equal((JSON.parse(skipped.out) as { status: string }).status, 'Completed');
  });

  test('says how many rows are left out and where they are, and what is odd in the others', async () => {
    const odd = csvFile('odd.csv', `1,Mug,${origin.url}/a.jpg\n2,Can,\n3,Cup,nonsense\n`);
    for (const more of [[], ['--wait']]) {
      const { exitCode, out, err } = await upload(odd, '--on-error', 'skip', ...more);
      assert.equal(exitCode, 2);
      assert.match(
        err,
        new RegExp(`1 row is left out; ${pixmill.url}/api/requests/\\S+/errors\\.csv names what is wrong`),
      );
      assert.match(
        err,
        /^Warnings: 1\n {2}line 4, Input Image Urls: "nonsense" is not an http or https link, and its image will fail\./m,
      );
      assert.equal(out.match(/^Rows left out +1$/gm)?.length, 1 + more.length);
    }
  });

  test('exit code 1 with what to do when it cannot run', async () => {
    const bad = csvFile('bad.csv', '1,Cup,\n2,Mug,\n');
    const out = join(folder, 'never.csv');
    const cases: [args: string[], sentence: RegExp][] = [
      [
        [bad, '--out', out],
        /CSV validation failed.*\n {2}line 2, Input Image Urls: .*\n {2}line 3, Input Image Urls: /,
      ],
      [[good, '--quality', '0'], /"quality" must be a whole number/],
      [[good, '--key', 'wrong'], /Set PIXMILL_API_KEY, or use --key/],
      [[good, '--server', NOBODY], /cannot be reached.* \(ECONNREFUSED\) Start one/],
      [[good, '--server', 'localhost:8080'], /--server "localhost:8080" is not the address/],
      [[join(folder, 'nothing.csv')], /no such file: .*nothing\.csv/],
    ];
    const results = await Promise.all(cases.map(([args]) => upload(args[0] ?? '', ...args.slice(1))));
    for (const [index, { exitCode, err }] of results.entries()) {
      const [args, sentence] = cases[index] ?? [];
      assert.equal(exitCode, 1, args?.join(' '));
      assert.match(err, sentence ?? /never/);
      assert.doesNotMatch(err, /\n\s+at /, 'no stack trace');
    }
    assert.ok(!existsSync(out));
  });

  test('Ctrl-C ends the waiting, and says that the server goes on', async () => {
    const file = csvFile('held.csv', `1,Mug,${origin.url}/held.jpg\n`);
    const stopped = await runCommand(['upload', file, '--server', pixmill.url, '--wait'], env, (child) => {
      child.stderr?.once('data', () => child.kill('SIGINT'));
    });
    assert.equal(stopped.exitCode, 130);
    assert.match(stopped.err, /The server goes on; see http:\S+\/requests\//);
    const id = /^Request +(\S+)$/m.exec(stopped.out)?.[1];
    const state = async () => ((await (await call(`/api/status/${id}`)).json()) as { status: string }).status;
    while ((await state()) !== 'Completed') hold();
  });
});
