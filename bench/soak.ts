/**
 * `npm run soak`: 50 requests of 200 images with webhooks while the program is killed 200 times at random moments.
 *
 *   node bench/soak.ts [kills] [requests] [images] [seed]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRun } from '../test/faults/kill-run.ts';

const [kills = 200, requests = 50, imagesPerRequest = 200, seed = Date.now() & 0xffff] = process.argv
  .slice(2)
  .map(Number);
const dataDir = mkdtempSync(join(tmpdir(), 'pixmill-soak-'));
const say = (line: string) => process.stdout.write(`${line}\n`);

const started = Date.now();
const result = await killRun({ dataDir, requests, imagesPerRequest, kills, pauseMs: 4_000, seed, say });
const { main, decoder, both } = result.kills;
say(
  `seed ${seed}: ${main} kills of the main process, ${decoder} of a decoder, ${both} of both, in ${Math.round((Date.now() - started) / 1000)} s`,
);
say(
  `${result.images} images, ${result.webhooks} webhook calls, finished ${Math.round(result.recoveryMs / 1000)} s after the last start`,
);
say(`${result.violations.length} violations`);
for (const violation of result.violations) say(`  ${violation}`);
rmSync(dataDir, { recursive: true });
process.exitCode = result.violations.length > 0 ? 1 : 0;
