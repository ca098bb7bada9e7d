import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { without } from '../support/has-program.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

async function scriptFor(shell: string): Promise<string> {
  const { exitCode, out } = await runCommand(['completion', shell]);
  assert.equal(exitCode, 0);
  const path = join(folder, `completion.${shell}`);
  writeFileSync(path, out);
  return path;
}

describe('pixmill completion', () => {
  test('completes commands, options and values in bash', { skip: without('bash') }, async () => {
    const script = await scriptFor('bash');
    const complete = (...words: string[]) => {
      const line = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pixmill; printf '%s ' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', line, script, 'pixmill', ...words], { encoding: 'utf8' }).trim();
    };
    assert.equal(complete('up'), 'upload');
    assert.equal(complete('check'), 'check check-config check-data');
    assert.equal(complete('upload', '--wa'), '--wait');
    assert.equal(complete('run', 'products.csv', '--format', 'a'), 'avif');
    assert.equal(complete('run', '--on-error', ''), 'refuse skip');
    assert.equal(complete('completion', ''), 'bash zsh fish');
    // No words of ours: bash completes files.
    assert.equal(complete('run', 'prod'), '');
    const bound = execFileSync('bash', ['-c', 'source "$0"; complete -p pixmill', script], { encoding: 'utf8' });
    assert.equal(bound, 'complete -o default -F _pixmill pixmill\n');
  });

  test('completes them in fish', { skip: without('fish') }, async () => {
    const script = await scriptFor('fish');
    const complete = (line: string) =>
      execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C ${JSON.stringify(line)}`], {
        encoding: 'utf8',
      })
        .split('\n')
        .map((text) => text.split('\t')[0])
        .filter((word) => word !== '');
    assert.deepEqual(complete('pixmill up'), ['upload']);
    assert.deepEqual(complete('pixmill upload --wa'), ['--wait']);
    assert.deepEqual(complete('pixmill run --format a'), ['avif']);
    assert.deepEqual(complete('pixmill completion z'), ['zsh']);
  });

  test('is a script that zsh takes', { skip: without('zsh') }, async () => {
    const script = await scriptFor('zsh');
    const line = 'autoload -U compinit && compinit -u -D && source "$0" && print $_comps[pixmill]';
    assert.equal(execFileSync('zsh', ['-f', '-c', line, script], { encoding: 'utf8' }), '_pixmill\n');
  });

  test('names the shells that it knows', async () => {
    const { exitCode, err } = await runCommand(['completion', 'tcsh']);
    assert.equal(exitCode, 1);
    assert.match(err, /bash, zsh, fish/);
  });
});
