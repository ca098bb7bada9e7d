/**
 * What to choose: CPU, bytes and likeness of every format and effort over the same pictures, against the uploads.
 * Likeness is SSIM of the brightness (1 is the same), of what is shown at the size of the upload.
 *
 *   node bench/formats.ts [folder with pictures] [how many]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ssim } from 'ssim.js';
import { DEFAULT_LIMITS } from '../src/domain/limits.ts';
import { EFFORTS, type Options } from '../src/domain/options.ts';
import { compressImage } from '../src/imaging/compress-image.ts';
import { median, photoFolder } from './photos.ts';

const [folderName, howMany = '16'] = process.argv.slice(2);
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
process.stdout.write(`${photos.length} pictures, ${Math.round(before / photos.length / 1000)} kB each\n\n`);
process.stdout.write(
  '| format | effort | quality | CPU ms | kB | of the upload | SSIM |\n| --- | --- | --- | --- | --- | --- | --- |\n',
);
for (const { format, effort, quality } of wishes) {
  const cpu: number[] = [];
  const likeness: number[] = [];
  let bytes = 0;
  for (const [index, photo] of photos.entries()) {
    const output = join(work, `out-${index}`);
    const used = process.cpuUsage();
    const result = await compressImage(photo, output, { format, effort, quality, scale: 100 }, DEFAULT_LIMITS);
    const { user, system } = process.cpuUsage(used);
    cpu.push((user + system) / 1000);
    bytes += result.bytesOut;
    const original = originals[index];
    if (original) likeness.push(ssim(original, await pixels(output)).mssim);
  }
  const mean = likeness.reduce((sum, value) => sum + value, 0) / likeness.length;
  const cells = [
    format,
    effort,
    quality,
    Math.round(median(cpu)),
    Math.round(bytes / photos.length / 1000),
    `${Math.round((100 * bytes) / before)} %`,
    mean.toFixed(3),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
rmSync(work, { recursive: true });
