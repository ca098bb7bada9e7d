/**
 * What to choose: CPU, bytes and likeness of every format and effort over the same pictures, against the uploads.
 * Likeness is SSIM of the brightness (1 is the same), of what is shown at the size of the upload.
 *
 *   node bench/formats.ts [folder with pictures] [how many] [rounds]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ssim } from 'ssim.js';
import { DEFAULT_LIMITS } from '../src/domain/limits.ts';
import { DEFAULT_OPTIONS, EFFORTS, type Options } from '../src/domain/options.ts';
import { compressImage } from '../src/imaging/compress-image.ts';
import { median, photoFolder } from './photos.ts';
import { args, printer } from './save-result.ts';

const [folderName, howMany = '16', rounds = '5'] = args;
const say = printer();
sharp.concurrency(1);
sharp.cache(false);
const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const { folder, names } = await photoFolder(folderName, work);
const every = Math.max(1, Math.floor(names.length / Number(howMany)));
const photos = names.filter((_name, index) => index % every === 0).map((name) => join(folder, name));

/** Brightness on a white ground, small enough that comparing does not take longer than compressing. */
async function pixels(file: string): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const image = sharp(file)
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize(800, 800, { fit: 'inside' })
    .ensureAlpha();
  const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

const wishes: Pick<Options, 'format' | 'effort' | 'quality'>[] = [
  ...(['jpeg', 'webp', 'avif', 'png'] as const).flatMap((format) =>
    EFFORTS.map((effort) => ({ format, effort, quality: 50 })),
  ),
  { format: 'jpeg', effort: 'fast', quality: 70 },
  { format: 'jpeg', effort: 'small', quality: 65 },
  { format: 'webp', effort: 'fast', quality: 70 },
];

const originals = await Promise.all(photos.map(pixels));
const before = photos.reduce((sum, photo) => sum + statSync(photo).size, 0);
const measured = wishes.map((wish) => ({ wish, cpu: photos.map((): number[] => []), likeness: 0, bytes: 0 }));
const output = join(work, 'out');

/** Every wish on every picture in turn, so that whatever else the machine does costs each of them the same. */
async function measureRound(isFirst: boolean): Promise<void> {
  for (const [index, photo] of photos.entries()) {
    for (const figures of measured) {
      const used = process.cpuUsage();
      const options = { ...DEFAULT_OPTIONS, ...figures.wish };
      const [{ bytesOut } = { bytesOut: 0 }] = await compressImage(photo, [{ output, options }], DEFAULT_LIMITS);
      const { user, system } = process.cpuUsage(used);
      figures.cpu[index]?.push((user + system) / 1000);
      const original = originals[index];
      if (!isFirst || !original) continue;
      figures.bytes += bytesOut;
      figures.likeness += ssim(original, await pixels(output)).mssim;
    }
  }
}

for (let round = 0; round < Number(rounds); round++) await measureRound(round === 0);
say(`${photos.length} pictures, ${Math.round(before / photos.length / 1000)} kB each, medians of ${rounds} rounds\n`);
say('| format | effort | quality | CPU ms | kB | of the upload | SSIM |\n| --- | --- | --- | --- | --- | --- | --- |');
for (const { wish, cpu, bytes, likeness } of measured) {
  const cells = [
    wish.format,
    wish.effort,
    wish.quality,
    Math.round(median(cpu.map(median))),
    Math.round(bytes / photos.length / 1000),
    `${Math.round((100 * bytes) / before)} %`,
    (likeness / photos.length).toFixed(3),
  ];
  say(`| ${cells.join(' | ')} |`);
}
rmSync(work, { recursive: true });
