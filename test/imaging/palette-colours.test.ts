import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { DEFAULT_OPTIONS, type Options } from '../../src/domain/options.ts';
import { compressImage } from '../../src/imaging/compress-image.ts';
import { photo } from '../support/pictures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const LIMITS = { pixels: 50_000_000, frames: 1_000 };
const SIDE = 8;

type Rgba = [number, number, number, number];

const plain = (width: number, height: number, [r, g, b, alpha]: Rgba) =>
  sharp({ create: { width, height, channels: 4, background: { r, g, b, alpha: alpha / 255 } } }).png();

/** A page in one colour with a photo, which takes most of a palette, and small patches of strong colours. */
async function page(ground: Rgba): Promise<Sharp> {
  const patches = await Promise.all(
    (
      [
        [220, 20, 20],
        [20, 160, 40],
        [30, 60, 230],
        [250, 200, 0],
        [255, 255, 255],
      ] as const
    ).map(async ([r, g, b], place) => ({
      input: await plain(SIDE * 3, SIDE * 3, [r, g, b, 255]).toBuffer(),
      left: SIDE * (4 + 5 * place),
      top: SIDE * 4,
    })),
  );
  const detail = { input: await photo(240, 160).png().toBuffer(), left: SIDE * 4, top: SIDE * 10 };
  return sharp(await plain(400, 320, ground).toBuffer()).composite([...patches, detail]);
}

/** The largest difference of any channel within squares of a single colour that is not fully transparent. */
function shiftOfFlats(before: Buffer, after: Buffer, width: number, height: number): number {
  let most = 0;
  for (let top = 0; top + SIDE <= height; top += SIDE) {
    for (let left = 0; left + SIDE <= width; left += SIDE) {
      const places = Array.from(
        { length: SIDE * SIDE },
        (_, i) => ((top + Math.floor(i / SIDE)) * width + left + (i % SIDE)) * 4,
      );
      const [first = 0] = places;
      const flat = places.every((at) => before.readUInt32LE(at) === before.readUInt32LE(first));
      if (!flat || before[first + 3] === 0) continue;
      for (const at of places) {
        for (let channel = at; channel < at + 4; channel++) {
          most = Math.max(most, Math.abs((before[channel] ?? 0) - (after[channel] ?? 0)));
        }
      }
    }
  }
  return most;
}

const rgba = (file: Buffer | string) => sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer();

const PAGES: Record<string, Rgba> = {
  white: [255, 255, 255, 255],
  'a pale blue': [233, 240, 247, 255],
  'a dark grey': [18, 18, 20, 255],
  'a half transparent shadow': [40, 40, 60, 120],
};

describe('no flat area of a PNG changes its colour by more than a level', () => {
  for (const [name, ground] of Object.entries(PAGES)) {
    for (const effort of ['fast', 'small'] as const) {
      test(`${name}, effort=${effort}, at low, usual and high quality`, async () => {
        const picture = await (await page(ground)).png().toBuffer();
        const input = join(folder, `${name}-${effort}.png`);
        writeFileSync(input, picture);
        const before = await rgba(picture);
        for (const quality of effort === 'fast'
          ? [1, 30, DEFAULT_OPTIONS.quality, 80, 99]
          : [1, DEFAULT_OPTIONS.quality, 99]) {
          const output = `${input}-${quality}`;
          const options: Options = { ...DEFAULT_OPTIONS, quality, effort };
          const { bytesOut } = await compressImage(input, output, options, LIMITS);
          assert.ok(bytesOut <= picture.length);
          assert.ok(shiftOfFlats(before, await rgba(output), 400, 320) <= 1, `quality ${quality}`);
        }
      });
    }
  }

  test('a PNG made of a WebP of half the size', async () => {
    const webp = await (await page([233, 240, 247, 255])).webp({ lossless: true }).toBuffer();
    const input = join(folder, 'page.webp');
    writeFileSync(input, webp);
    await compressImage(input, `${input}-half`, { ...DEFAULT_OPTIONS, format: 'png', scale: 50 }, LIMITS);
    const lossless = `${input}-lossless`;
    await compressImage(input, lossless, { ...DEFAULT_OPTIONS, format: 'png', scale: 50, quality: 100 }, LIMITS);
    assert.ok(shiftOfFlats(await rgba(lossless), await rgba(`${input}-half`), 200, 160) <= 1);
  });

  test('more flat colours than a palette has', async () => {
    const tiles = Array.from({ length: 400 }, (_, i) => i);
    const squares = await Promise.all(
      tiles.map(async (i) => ({
        input: await plain(16, 16, [(i * 37) % 256, (i * 91) % 256, (i * 53) % 256, 255]).toBuffer(),
        left: (i % 20) * 16,
        top: Math.floor(i / 20) * 16,
      })),
    );
    const picture = await sharp(await plain(320, 320, [0, 0, 0, 255]).toBuffer())
      .composite(squares)
      .png({ compressionLevel: 0 })
      .toBuffer();
    const input = join(folder, 'tiles.png');
    writeFileSync(input, picture);
    await compressImage(input, `${input}-out`, DEFAULT_OPTIONS, LIMITS);
    assert.ok(shiftOfFlats(await rgba(picture), await rgba(`${input}-out`), 320, 320) <= 1);
  });
});
