import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OUTPUT_FORMATS } from '../../src/domain/formats.ts';
import { EFFORTS } from '../../src/domain/options.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { decoderProcesses } from '../support/decoder-processes.ts';
import { without } from '../support/has-program.ts';
import { lockedCopy } from '../support/locked-copy.ts';
import { onlyInLongRun } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { CHEAP_START, MAIN, type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const skip = process.getuid?.() !== 0 && 'needs to be started as root';

const origin = await startOrigin({
  '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer(),
  '/a.png': await photo(80, 60).png().toBuffer(),
  '/a.webp': await photo(80, 60).webp().toBuffer(),
  '/a.gif': await photo(80, 60).gif().toBuffer(),
  '/a.avif': await photo(80, 60).avif({ effort: 0 }).toBuffer(),
});
const FORMATS = ['jpg', 'png', 'webp', 'gif', 'avif'];
const ROWS = FORMATS.map((format, index) => `${index},Mug,${origin.url}/a.${format}`).join('\n');
const CSV = `S. No.,Product Name,Input Image Urls\n${ROWS}\n`;

/** A picture of every kind. */
async function compress(pixmill: RunningPixmill, options: Record<string, string> = {}): Promise<void> {
  const upload = await pixmill.upload(CSV, options);
  const { request_id } = (await upload.json()) as { request_id: string };
  const { images_processed, images_failed } = await pixmill.finished(request_id);
  assert.deepEqual([images_processed, images_failed], [5, 0], JSON.stringify(options));
}

/** @returns the number of the one decoder */
function assertWalledOff(pixmill: RunningPixmill): string {
  const [pid = '', ...others] = decoderProcesses(pixmill.pid);
  assert.deepEqual(others, []);
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const values = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)?.[1];
    const four = Array(4).fill('65534').join('\t');
    // Real, effective, saved, and that of the file system: none leads back.
    assert.deepEqual([values('Uid'), values('Gid'), values('Groups')], [four, four, '']);
    for (const rights of ['CapPrm', 'CapEff', 'CapAmb']) assert.equal(values(rights), '0'.repeat(16), rights);
  }
  const open = readdirSync(`/proc/${pid}/fd`).map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
  const files = new Set(open.filter((path) => path.startsWith('/')));
  assert.deepEqual(files, new Set([devNull]), 'no file and no folder is open, and no terminal');
  assert.equal(readlinkSync(`/proc/${pid}/cwd`), join(pixmill.dataDir, 'tmp/decoders'));
  return pid;
}

test('in a folder that only root may enter, decoders are nobody for good, and so are their successors', {
  skip,
}, async () => {
  const { folder, program, node } = lockedCopy();
  const pixmill = await startPixmill({ dataDir: join(folder, 'data'), program, node });
  assertWalledOff(pixmill);
  for (const format of OUTPUT_FORMATS) for (const effort of EFFORTS) await compress(pixmill, { format, effort });
  const pid = assertWalledOff(pixmill);
  process.kill(Number(pid), 'SIGKILL');
  while (existsSync(`/proc/${pid}`)) await new Promise(setImmediate);
  await compress(pixmill);
  assert.notEqual(assertWalledOff(pixmill), pid);
  assert.equal(pixmill.log(), '');
});

test('decoders see no upload, no folder and no other decoder, whatever mask the server was started with', {
  skip,
}, async () => {
  const before = process.umask(0o077);
  const pixmill = await startPixmill().finally(() => process.umask(before));
  await compress(pixmill);
  const decoder = `/proc/${decoderProcesses(pixmill.pid)[0]}`;
  const asDecoder = (program: string, ...words: string[]) =>
    execFileSync(program, words, { cwd: `${decoder}/cwd`, uid: 65_534, gid: 65_534, stdio: 'pipe', encoding: 'utf8' });
  assert.equal(asDecoder('pwd', '-P').trim(), join(pixmill.dataDir, 'tmp/decoders'));
  for (const place of ['.', 'in', 'out', '..', '../..', pixmill.dataDir]) {
    assert.throws(() => asDecoder('ls', place), /Permission denied/, place);
    assert.throws(() => asDecoder('mkdir', `${place}/made`), /Permission denied/, place);
  }
  for (const part of ['environ', 'maps', 'mem']) {
    assert.throws(() => asDecoder('cat', `${decoder}/${part}`), /Permission denied/, part);
  }
});

test('started from a terminal of root, decoders do not belong to it', { skip: skip || without('script') }, async () => {
  const dataDir = temporaryFolder();
  const env = { PATH: process.env.PATH, PIXMILL_DATA_DIR: dataDir, PIXMILL_PORT: '0', ...CHEAP_START };
  const words = ['-qec', `exec "${process.execPath}" "${MAIN}" start`, '/dev/null'];
  const terminal = spawn('script', words, { cwd: dataDir, env, stdio: ['pipe', 'pipe', 'inherit'] });
  atTheEnd(() => terminal.kill('SIGKILL'));
  const ended = once(terminal, 'exit');
  await new Promise<void>((resolve) => {
    let said = '';
    terminal.stdout.on('data', (text) => {
      said += text;
      if (said.includes('Ctrl-C.')) resolve();
    });
  });
  const children = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8').trim();
  const [decoder] = decoderProcesses(Number(children));
  assert.notEqual(terminalOf(children), '0');
  assert.equal(terminalOf(decoder), '0');
  process.kill(Number(children), 'SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});

/** The number of the terminal that a process belongs to; 0: none (proc_pid_stat(5), "tty_nr"). */
function terminalOf(pid = ''): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[4];
}

/** As in a container that takes this right from its root. */
const withoutSetuid = { node: 'setpriv', nodeOptions: ['--bounding-set', '-setuid', process.execPath] };
const skipSetpriv = skip || without('setpriv');

test('where root cannot give its rights up, the start says what to do', { skip: skipSetpriv }, async () => {
  await assert.rejects(
    startPixmill(withoutSetuid),
    /exit code 1: Hostile pictures would be decoded with the rights of root: .*\(seteuid: EPERM\).*another user.*PIXMILL_DECODE_AS_ROOT=on/,
  );
});

test('with PIXMILL_DECODE_AS_ROOT=1 it goes on as root there, with a warning', { skip: skipSetpriv }, async () => {
  const pixmill = await startPixmill({ ...withoutSetuid, env: { PIXMILL_DECODE_AS_ROOT: '1' } });
  await compress(pixmill);
  assert.match(pixmill.log(), /Images are decoded with the rights of root: /);
});

test('PIXMILL_DECODE_AS_ROOT=1 changes nothing where decoders can be nobody', {
  skip: onlyInLongRun || skip,
}, async () => {
  const pixmill = await startPixmill({ env: { PIXMILL_DECODE_AS_ROOT: '1' } });
  assertWalledOff(pixmill);
  assert.equal(pixmill.log(), '');
});

test('the command line without a server obeys the same', { skip: onlyInLongRun || skipSetpriv }, async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'products.csv'), CSV);
  const run = (more: Record<string, string> = {}) =>
    new Promise<{ code: unknown; err: string }>((resolve) => {
      const words = [...withoutSetuid.nodeOptions, MAIN, 'run', 'products.csv', '--out', 'result'];
      const env = { PATH: process.env.PATH, PIXMILL_ALLOW_ADDRESSES: '127.0.0.1', ...more };
      execFile('setpriv', words, { cwd: folder, env }, (error, _out, err) => resolve({ code: error?.code ?? 0, err }));
    });
  const refused = await run();
  assert.equal(refused.code, 1);
  assert.match(refused.err, /^Hostile pictures would be decoded/);
  const { code, err } = await run({ PIXMILL_DECODE_AS_ROOT: '1' });
  assert.equal(code, 0, err);
});
