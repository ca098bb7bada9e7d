import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pictureUrl } from '../../src/domain/image.ts';
import { saveDataLink } from '../../src/outbound/data-link.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
let files = 0;

async function saved(link: string, limit = 1_000) {
  const file = join(folder, `${files++}`);
  const url = pictureUrl(link);
  assert.ok(url);
  const code = await saveDataLink(url, file, limit).then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
  return { code, content: existsSync(file) ? readFileSync(file).toString('latin1') : undefined };
}

test('a picture in the cell itself is saved as it was, in base64 and in letters', async () => {
  assert.deepEqual(await saved('data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'), {
    code: undefined,
    content: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64').toString('latin1'),
  });
  assert.deepEqual(await saved('data:image/svg+xml;charset=utf-8,%3Csvg%20x=%221%22/%3E'), {
    code: undefined,
    content: '<svg x="1"/>',
  });
});

test('one that is too large, or empty, leaves no file', async () => {
  assert.deepEqual(await saved(`data:image/png;base64,${'A'.repeat(4_000)}`), {
    code: 'too_large',
    content: undefined,
  });
  assert.deepEqual(await saved('data:image/png;base64,'), { code: 'not_an_image', content: undefined });
});
