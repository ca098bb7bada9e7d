/** What a browser shows is right: it reads the profile of the upload by itself, and ours has none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import type { ImageFormat } from '../../src/domain/formats.ts';
import type { Options } from '../../src/domain/options.ts';
import { decoders } from '../support/decoders.ts';
import { type Colour, distance } from '../support/pictures.ts';
import { iccProfile, withProfile } from '../support/profiles.ts';
import { openPage, startBrowser } from '../web/page.ts';

const { compress } = decoders();

/** Of 16 bits a channel, in fields of 32 by 32 pixels: JPEG halves the size of colours. */
const FIELD = 32;
const COLOURS: Colour[] = [
  [65_535, 0, 0],
  [0, 65_535, 0],
  [0, 0, 65_535],
  [65_535, 65_535, 65_535],
  [0, 0, 0],
  [40_000, 20_000, 10_000],
  [12_345, 33_333, 54_321],
  [52_000, 48_000, 21_000],
];

/** One field beside the other. @param alpha of the lower half of each */
function fields(channels: 1 | 2 | 3 | 4, alpha = 65_535): Sharp {
  const width = FIELD * COLOURS.length;
  const pixels = new Uint16Array(width * FIELD * channels);
  for (let y = 0; y < FIELD; y++) {
    for (let x = 0; x < width; x++) {
      const colour = COLOURS[Math.floor(x / FIELD)] ?? [0, 0, 0];
      const shown = channels > 2 ? [...colour] : [colour[2]];
      if (channels % 2 === 0) shown.push(y < FIELD / 2 ? 65_535 : alpha);
      pixels.set(shown, (y * width + x) * channels);
    }
  }
  return sharp(pixels, { raw: { width, height: FIELD, channels } });
}

const deepPng = (channels: 1 | 2 | 3 | 4, alpha?: number) =>
  fields(channels, alpha)
    .toColourspace(channels > 2 ? 'rgb16' : 'grey16')
    .png()
    .toBuffer();

const { page } = await openPage(await startBrowser());

/** Runs in the page. */
const LOOK = `async ([source, count]) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext('2d');
  context.drawImage(image, 0, 0);
  const field = image.naturalWidth / count;
  return Array.from({ length: 2 * count }, (_, index) => {
    const x = field * (Math.floor(index / 2) + 0.5);
    const y = field * (index % 2 ? 0.75 : 0.25);
    return [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data];
  });
}`;

/** What the browser shows in the middle of each field's upper and lower half, as R, G, B, A. */
async function shown(bytes: Buffer, format: ImageFormat): Promise<number[][]> {
  const source = `data:image/${format};base64,${bytes.toString('base64')}`;
  return page.evaluate(`(${LOOK})(${JSON.stringify([source, COLOURS.length])})`);
}

/** Without transparency everything lies on white. */
function onWhite([red = 0, green = 0, blue = 0, alpha = 0]: number[]): number[] {
  return [...[red, green, blue].map((value) => (value * alpha + 255 * (255 - alpha)) / 255), 255];
}

async function assertShownAlike(upload: Buffer, from: ImageFormat, wishes: Partial<Options>[], tolerance = 4) {
  const source = await shown(upload, from);
  for (const wish of wishes) {
    const result = await compress(upload, wish);
    const bytes = readFileSync(result.file);
    assert.equal((await sharp(bytes).metadata()).icc, undefined);
    const wanted = result.formatOut === 'jpeg' ? source.map(onWhite) : source;
    for (const [index, colour] of (await shown(bytes, result.formatOut)).entries()) {
      const expected = wanted[index] ?? [];
      const what = `${JSON.stringify(wish)}, field ${index}: ${colour} instead of ${expected}`;
      assert.ok(distance(colour, expected) <= tolerance, what);
    }
  }
}

const LOSSLESS = [{ quality: 100 }, { quality: 100, scale: 50 }];
const EVERY = [...LOSSLESS, ...(['webp', 'avif', 'jpeg'] as const).map((format) => ({ quality: 100, format }))];

describe('a picture of more than 8 bits a channel shows the colours that its profile names', () => {
  const profiles = {
    'Display P3': ['p3', 'srgb'],
    'Adobe RGB': ['adobe', 2.2],
    'ProPhoto RGB': ['prophoto', 1.8],
    sRGB: ['srgb', 'srgb'],
  } as const;
  for (const [name, [primaries, gamma]] of Object.entries(profiles)) {
    test(`PNG of 16 bits in ${name}, whatever becomes of it`, async () => {
      await assertShownAlike(withProfile(await deepPng(3), iccProfile(primaries, gamma)), 'png', EVERY);
    });
  }

  test('PNG of 16 bits with transparency', async () => {
    await assertShownAlike(withProfile(await deepPng(4, 32_768), iccProfile('p3', 'srgb')), 'png', EVERY);
  });

  for (const gamma of [1.8, 2.2]) {
    test(`PNG of 16 bits in grey of gamma ${gamma}, with and without transparency`, async () => {
      const profile = iccProfile('grey', gamma);
      for (const png of [await deepPng(1), await deepPng(2, 32_768)]) {
        await assertShownAlike(withProfile(png, profile), 'png', EVERY);
      }
    });
  }

  for (const bitdepth of [10, 12] as const) {
    test(`AVIF of ${bitdepth} bits`, async () => {
      const upload = await fields(3)
        .toColourspace('rgb16')
        .withIccProfile('p3')
        .avif({ quality: 100, bitdepth, chromaSubsampling: '4:4:4' })
        .toBuffer();
      assert.ok((await sharp(upload).metadata()).icc);
      await assertShownAlike(upload, 'avif', [
        ...LOSSLESS.map((wish) => ({ ...wish, format: 'png' as const })),
        { quality: 95 },
        { quality: 95, scale: 50 },
      ]);
    });
  }

  test('without a profile nothing changes', async () => {
    for (const channels of [1, 2, 3, 4] as const) {
      await assertShownAlike(await deepPng(channels, 32_768), 'png', LOSSLESS);
    }
  });
});
