import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shownName } from '../../src/tables/unpack.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TITLE = '\u001b]0;taken over\u0007';
const UPWARD = '\u001b[2A\u001b[2K';

test('cells, links and names of files are no commands to a terminal', async () => {
  const file = join(temporaryFolder(), `products${TITLE}.csv`);
  writeFileSync(
    file,
    `S. No.${TITLE},Product Name${UPWARD},Input Image Urls\u202e\n1,Mug,https://a${UPWARD}.example/1.jpg\n2,Cup,not${UPWARD} a link\u009b2K\n`,
  );
  const { out, err } = await runCommand(['check', file]);
  assert.match(out, /(?:is not an|hold no) http or https link/);
  for (const text of [out, err]) assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
});

test('the name of an upload neither turns around nor hides its ending', () => {
  assert.equal(shownName('report\u202egpj.csv\u0000\u2066'), 'reportgpj.csv');
});
