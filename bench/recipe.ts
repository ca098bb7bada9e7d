/**
 * CPU time of three renditions of each picture (1600 JPEG, 800 WebP, 320 WebP), against sharp by hand and against three
 * requests of one rendition each, over the same pictures in turn.
 * node bench/recipe.ts [folder with pictures] [rounds] [--save]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { DEFAULT_LIMITS } from '../src/domain/limits.ts';
import { DEFAULT_OPTIONS, type Options } from '../src/domain/options.ts';
import { compressImage } from '../src/imaging/compress-image.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { median, photoFolder } from './photos.ts';
import { args, printer } from './save-result.ts';

const work = temporaryFolder();
const { folder, names } = await photoFolder(args[0], work);
const rounds = Number(args[1] ?? 3);
const print = printer();
// As in a decoder process.
sharp.concurrency(1);
sharp.cache(false);

const RECIPE: Partial<Options>[] = [
  { format: 'jpeg', max_width: 1600, max_height: 1600 },
  { format: 'webp', max_width: 800, max_height: 800 },
  { format: 'webp', max_width: 320, max_height: 320 },
];
const wanted = RECIPE.map((options, index) => ({
  output: join(work, `out-${index}`),
  options: { ...DEFAULT_OPTIONS, ...options },
}));

/** As somebody writes it who knows sharp: one read of the file, and a pipeline for each size. */
async function byHand(file: string): Promise<void> {
  const input = readFileSync(file);
  const sized = (side: number) =>
    sharp(input).autoOrient().resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
  await sized(1600).flatten({ background: '#ffffff' }).jpeg({ quality: 50, optimiseCoding: false }).toBuffer();
  await sized(800).webp({ quality: 50, effort: 2 }).toBuffer();
  await sized(320).webp({ quality: 50, effort: 2 }).toBuffer();
}

const ways: Record<string, (file: string) => Promise<unknown>> = {
  'one request, three renditions': (file) => compressImage(file, wanted, DEFAULT_LIMITS),
  'sharp by hand': byHand,
  'three requests': async (file) => {
    for (const one of wanted) await compressImage(file, [one], DEFAULT_LIMITS);
  },
};
const spent = new Map(Object.keys(ways).map((way) => [way, names.map((): number[] => [])]));
for (let round = -1; round < rounds; round++) {
  for (const [index, name] of names.entries()) {
    for (const [way, run] of Object.entries(ways)) {
      const before = process.cpuUsage();
      await run(join(folder, name));
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round >= 0) spent.get(way)?.[index]?.push((user + system) / 1000);
    }
  }
}

const sums = [...spent].map(([way, pictures]) => ({
  way,
  ms: pictures.reduce((sum, times) => sum + median(times), 0) / names.length,
}));
const ours = sums[0]?.ms ?? 0;
print(`${names.length} pictures, ${rounds} rounds; CPU time of a picture, median`);
for (const { way, ms } of sums) print(`${way.padEnd(32)} ${ms.toFixed(1).padStart(7)} ms   ${(ms / ours).toFixed(2)}`);
