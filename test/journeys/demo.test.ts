import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { onlyInLongRun, times } from '../support/long-run.ts';
import { CHEAP_START } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The project in a folder of its own, so that the demo's data do not mix with somebody's. */
function projectCopy(): string {
  const folder = temporaryFolder();
  for (const part of ['src', 'samples', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'data'));
  return folder;
}

/** @param killWhen looks at each line; true kills the demo with everything that it started */
async function demo(
  folder: string,
  killWhen: (line: string) => boolean = () => false,
): Promise<{ text: string; code: number | null }> {
  const env = { PATH: process.env.PATH, PIXMILL_PORT: '0', ...CHEAP_START };
  const child = spawn(process.execPath, ['samples/demo.ts'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let text = '';
  child.stdout.on('data', (more) => {
    text += more;
    if (killWhen(text) && child.pid) process.kill(-child.pid, 'SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { text, code };
}

test('the demo, killed on its way, finishes with every image settled once', { skip: onlyInLongRun }, async () => {
  const folder = projectCopy();
  const moments = [/: [1-9]\d* of 25/, /Uploaded/, /: 1\d of 25/];
  for (const until of moments.slice(0, times(1, 3))) {
    assert.equal((await demo(folder, (text) => until.test(text))).code, null);
  }
  const { text, code } = await demo(folder);
  assert.equal(code, 0, text);
  assert.match(text, /24 images compressed, 1 failed/);

  const database = new DatabaseSync(join(folder, 'data/demo/pixmill.sqlite'));
  const row = (sql: string) => Object.values(database.prepare(sql).get() ?? {});
  assert.deepEqual(row('select count(*) from requests'), [1]);
  assert.deepEqual(row("select count(*), sum(status = 'done'), sum(status = 'failed') from images"), [25, 24, 1]);
  assert.deepEqual(row('select images_done, images_failed, status from requests'), [24, 1, 'Completed']);
  database.close();
  const files = readdirSync(join(folder, 'data/demo/images'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );
  assert.equal(files.length, 24);
  assert.deepEqual(temporaryFiles(join(folder, 'data/demo')), []);
});
