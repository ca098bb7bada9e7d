/**
 * What requantization saves: its CPU, bytes and loss against those of the way through pixels, in turn, in one process.
 *
 *   node src/jpeg/bench/jpeg-paths.ts [folder with pictures] [rounds] [quality]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ssim } from 'ssim.js';
import { median, photoFolder } from '../../../bench/photos.ts';
import { args, printer } from '../../../bench/save-result.ts';
import { isSrgb } from '../../imaging/srgb-profile.ts';
import { recompressJpeg } from '../recompress.ts';

const [folderName, rounds = '5', wanted = '50'] = args;
const quality = Number(wanted);
sharp.concurrency(1);
sharp.cache(false);
const work = mkdtempSync(join(tmpdir(), 'pixmill-bench-'));
const { folder, names } = await photoFolder(folderName, work);
const say = printer();

/** As the decoders do it with `effort=fast`. */
async function throughPixels({ file, grey }: Photo): Promise<Buffer> {
  return sharp(file, { failOn: 'error', limitInputPixels: false })
    .autoOrient()
    .toColourspace(grey ? 'b-w' : 'srgb')
    .flatten({ background: '#ffffff' })
    .jpeg({ quality, optimiseCoding: false })
    .toBuffer();
}

/** In milliseconds. */
async function cpuOf(work: () => unknown): Promise<number> {
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1000;
}

async function samples(file: Buffer): Promise<Buffer> {
  return sharp(file).autoOrient().toColourspace('srgb').raw().toBuffer();
}

/** SSIM of luma, at a size at which it does not take longer than everything else. */
async function similarity(a: Buffer, b: Buffer): Promise<number> {
  const [first, second] = await Promise.all(
    [a, b].map(async (file) => {
      const image = sharp(file).autoOrient().resize(800, 800, { fit: 'inside' }).toColourspace('srgb').ensureAlpha();
      const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
      return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
    }),
  );
  return first && second ? ssim(first, second).mssim : 0;
}

const recompress = (file: Buffer) =>
  recompressJpeg(file, { quality, maxPixels: Number.POSITIVE_INFINITY, isSrgb })?.bytes;

interface Photo {
  name: string;
  file: Buffer;
  grey: boolean;
  direct: number[];
  pixels: number[];
}

const photos: Photo[] = [];
for (const name of names) {
  const file = readFileSync(join(folder, name));
  const { format, space } = await sharp(file).metadata();
  if (format === 'jpeg') photos.push({ name, file, grey: space === 'b-w', direct: [], pixels: [] });
}
const first: number[] = [];
for (const { file } of photos) {
  if (first.length < 20) first.push(await cpuOf(() => recompress(file)));
}
const taken = photos.filter(({ file }) => recompress(file));
for (let round = 0; round < Number(rounds); round++) {
  for (const photo of photos) {
    const { file, direct, pixels } = photo;
    if (taken.includes(photo)) direct.push(await cpuOf(() => recompress(file)));
    pixels.push(await cpuOf(() => throughPixels(photo)));
  }
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const apart: number[] = [];
const lost: [number[], number[]] = [[], []];
const similar: [number[], number[]] = [[], []];
const bytes: [number[], number[]] = [[], []];
for (const photo of taken) {
  const { file } = photo;
  const direct = recompress(file);
  const reference = await throughPixels(photo);
  if (!direct) continue;
  const [ours, theirs, before] = await Promise.all([samples(direct), samples(reference), samples(file)]);
  const distance = (a: Buffer, b: Buffer) =>
    a.reduce((total, value, at) => total + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
  apart.push(distance(ours, theirs));
  for (const [index, [result, shown]] of (
    [
      [direct, ours],
      [reference, theirs],
    ] as const
  ).entries()) {
    lost[index]?.push(distance(shown, before));
    similar[index]?.push(await similarity(result, file));
    bytes[index]?.push(result.length);
  }
}
const mean = (values: number[]) => sum(values) / values.length;
const direct = sum(taken.map((photo) => median(photo.direct)));
const pixels = sum(taken.map((photo) => median(photo.pixels)));
const others = sum(photos.filter((photo) => !taken.includes(photo)).map((photo) => median(photo.pixels)));
say(`${taken.length} of ${photos.length} JPEGs are requantized to quality ${quality}\n`);
say('| | requantized | through pixels | |\n| --- | --- | --- | --- |');
const row = (what: string, [a, b]: [number, number], digits: number) =>
  say(`| ${what} | ${a.toFixed(digits)} | ${b.toFixed(digits)} | ${(a / b).toFixed(3)} |`);
row('CPU ms each', [direct / taken.length, pixels / taken.length], 1);
row('CPU ms of all JPEGs, with those that are not taken', [direct + others, pixels + others], 0);
row('kB each', [mean(bytes[0]) / 1000, mean(bytes[1]) / 1000], 1);
row('levels lost against the upload', [mean(lost[0]), mean(lost[1])], 2);
row('SSIM against the upload', [mean(similar[0]), mean(similar[1])], 4);
say(`\napart: ${mean(apart).toFixed(2)} levels on average, ${Math.max(...apart).toFixed(2)} at worst`);
say(`first ${first.length} pictures of a process: ${mean(first).toFixed(1)} CPU ms each`);
say(`peak of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
rmSync(work, { recursive: true });
