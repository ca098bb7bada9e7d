import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusObject } from '../../src/domain/status-object.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

/** A disk of its own, where we may make one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'pixmill-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  atTheEnd(() => {
    execFileSync('umount', ['-l', folder]);
    rmdirSync(folder);
  });
  chmodSync(folder, 0o755);
  return folder;
}

const disk = smallDisk();

test('a full disk refuses uploads, pauses work, and fails nothing', {
  skip: disk === undefined && 'needs the right to mount',
}, async () => {
  const dataDir = disk ?? '';
  const origin = await startOrigin({ '/a.png': await photo(300, 200).png({ compressionLevel: 1 }).toBuffer() });
  const pixmill = await startPixmill({ dataDir, env: { PIXMILL_LOG_LEVEL: 'silent' } });
  const csv = (count: number) =>
    `S. No.,Product Name,Input Image Urls\n${Array.from({ length: count }, (_, index) => `${index},Mug,${origin.url}/a.png?${count}-${index}`).join('\n')}\n`;
  const upload = async (count: number, padding = 0) =>
    pixmill.upload(csv(count) + '\n'.repeat(padding), { scale: '50' });

  const { request_id } = (await (await upload(300)).json()) as { request_id: string };
  const { bavail, bsize } = statfsSync(dataDir);
  // Half of what is left goes at once, the rest while it works.
  writeFileSync(join(dataDir, 'filler'), Buffer.alloc(Math.floor(bavail * bsize * 0.6)));
  for (let filler = 0; statfsSync(dataDir).bavail > 0 && filler < 2_000; filler++) {
    try {
      writeFileSync(join(dataDir, `filler-${filler}`), Buffer.alloc(64_000));
    } catch {
      break;
    }
  }
  const refused = await upload(3, 500_000);
  assert.ok([503, 507].includes(refused.status), `${refused.status}`);
  assert.equal(((await refused.json()) as { code: string }).code, 'disk_full');
  await sleep(1_000);
  const paused = (await (await pixmill.call(`/api/status/${request_id}`)).json()) as StatusObject;
  const failed = await (await pixmill.call(`/api/requests/${request_id}/errors.csv`)).text();
  assert.equal(paused.images_failed, 0, failed);
  assert.ok(paused.images_pending > 0, 'the disk was full before it was finished');

  rmSync(join(dataDir, 'filler'));
  for (let filler = 0; filler < 2_000; filler++) rmSync(join(dataDir, `filler-${filler}`), { force: true });
  const done = await pixmill.finished(request_id);
  assert.deepEqual([done.images_processed, done.images_failed], [300, 0]);
  assert.equal((await upload(2)).status, 200);
});
