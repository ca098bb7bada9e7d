/**
 * `npm run soak`: the long form of test/faults/. Kills at random moments over requests with webhooks, kills at each step
 * of storing an image, a minute of failing storage, a minute without the bucket; a checker compares what was promised
 * with what is there.
 *
 *   node bench/soak.ts [kills] [requests] [images] [seed]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bucketOutage } from '../test/faults/bucket-outage.ts';
import { killRun } from '../test/faults/kill-run.ts';
import { failingStorage, killAtStep, STEPS } from '../test/faults/step-kills.ts';
import { args, printer } from './save-result.ts';

const [kills = 200, requests = 50, imagesPerRequest = 200, seed = Date.now() & 0xffff] = args.map(Number);
const root = mkdtempSync(join(tmpdir(), 'pixmill-soak-'));
const folder = (name: string) => join(root, name);
const say = printer();
let bad = 0;
const judge = (violations: string[]) => {
  bad += violations.length;
  say(`  ${violations.length} violations`);
  for (const violation of violations) say(`    ${violation}`);
};

const started = Date.now();
const result = await killRun({
  dataDir: folder('kills'),
  requests,
  imagesPerRequest,
  kills,
  pauseMs: 4_000,
  seed,
  say,
});
const { main, decoder, both } = result.kills;
say(`seed ${seed}: ${main} kills of the main process, ${decoder} of a decoder, ${both} of both`);
say(
  `  ${result.images} images, ${result.webhooks} webhook calls, finished ${Math.round(result.recoveryMs / 1000)} s after the last start`,
);
judge(result.violations);

for (const step of STEPS) {
  const times = Array.from({ length: 20 }, (_, index) => 1 + (index % 7));
  const { killed, violations } = await killAtStep(folder(step.replaceAll(' ', '-')), step, times, 120);
  say(`ended ${step}: ${killed} times`);
  judge(violations);
}

const failed = await failingStorage(folder('storage'), 60_000, 100);
say(`storage failing for 60 s: ${failed} of 100 images failed`);
bad += failed;

const outage = await bucketOutage(folder('bucket'), 60_000, 100);
say(`bucket away for 60 s: ${outage.failed} of 100 images failed, ${outage.served} are served`);
bad += outage.failed + (100 - outage.served);
rmSync(root, { recursive: true });
say(`${Math.round((Date.now() - started) / 1000)} s, ${bad} violations in all`);
process.exitCode = bad > 0 ? 1 : 0;
