import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Options } from '../../src/domain/options.ts';
import { decoders } from '../support/decoders.ts';
import { animation, type Colour, disc, photo } from '../support/pictures.ts';

const { compress } = decoders();

interface Picture {
  /** RGBA. */
  data: Buffer;
  width: number;
  height: number;
}

async function pixels(image: Sharp): Promise<Picture> {
  const raw = image.toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const BLOCK = 8;

/** What of each block shows, pixel by pixel, as it was and as it is: channels times alpha, and alpha. */
function* blocks(before: Picture, after: Picture): Generator<{ at: string; pairs: [number[], number[]][] }> {
  const shown = ({ data }: Picture, at: number) => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
    return [...[red, green, blue].map((value) => Math.round((value * alpha) / 255)), alpha];
  };
  for (let y = 0; y + BLOCK <= before.height; y += BLOCK) {
    for (let x = 0; x + BLOCK <= before.width; x += BLOCK) {
      const places = Array.from({ length: BLOCK * BLOCK }, (_, index) => [
        x + (index % BLOCK),
        y + Math.floor(index / 8),
      ]);
      const offsets = places.map(([column = 0, row = 0]) => 4 * (row * before.width + column));
      yield { at: `${x},${y}`, pairs: offsets.map((at) => [shown(before, at), shown(after, at)]) };
    }
  }
}

const off = (a: number[], b: number[]) => Math.max(...a.map((value, channel) => Math.abs(value - (b[channel] ?? 0))));

/** Every pixel of a block of one colour is within a level; every other block is within 24 levels on average. */
function assertColoursKept(before: Picture, after: Picture, what: string): void {
  assert.deepEqual([after.width, after.height], [before.width, before.height]);
  let flat = 0;
  for (const { at, pairs } of blocks(before, after)) {
    const [first] = pairs[0] ?? [[]];
    if (pairs.every(([was]) => off(was, first) === 0)) {
      flat++;
      const moved = pairs.find(([was, is]) => off(was, is) > 1);
      assert.ok(!moved, `${what}: ${moved?.[0]} became ${moved?.[1]} at ${at}`);
    } else {
      const mean = (side: 0 | 1) =>
        [0, 1, 2, 3].map((channel) => pairs.reduce((sum, pair) => sum + (pair[side][channel] ?? 0), 0) / pairs.length);
      assert.ok(off(mean(0), mean(1)) <= 24, `${what}: a block of ${mean(0)} became ${mean(1)} at ${at}`);
    }
  }
  assert.ok(flat > 0, `${what}: nothing flat`);
}

async function assertKept(upload: Buffer, options: Partial<Options>): Promise<Metadata> {
  const result = await compress(upload, options);
  const source = sharp(upload).autoOrient();
  const { width, height } = result;
  const before = await pixels(options.scale ? source.resize({ width, height, fit: 'fill' }) : source);
  assertColoursKept(before, await pixels(sharp(result.file)), JSON.stringify(options));
  return sharp(result.file).metadata();
}

/** Lines with soft edges on a plain ground, and a few words' worth of colours: what documents and diagrams look like. */
function drawing(ground: string, more = ''): Sharp {
  const colours = ['#f40', '#480', '#840', '#046', '#a00', '#408', '#000', '#888'];
  const lines = Array.from({ length: 240 }, (_, index) => {
    const [x, y] = [16 + (index % 12) * 38, 20 + Math.floor(index / 12) * 18];
    const curve = `M${x} ${y}q${6 + (index % 7)} ${-12 + (index % 5)} ${12 + (index % 3)} 0t${9 + (index % 4)} ${index % 6}`;
    return `<path d="${curve}" fill="none" stroke="${colours[(index * 7) % 8]}" stroke-width="${1.3 + (index % 4) / 2}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="400"><rect width="480" height="400"
    fill="${ground}"/>${lines.join('')}${more}</svg>`;
  return sharp(Buffer.from(svg));
}

const EVERY: Partial<Options>[] = [
  {},
  { scale: 50 },
  { quality: 1 },
  { quality: 99 },
  { effort: 'small' },
  { effort: 'small', quality: 20, scale: 50 },
];

describe('a PNG with a palette', () => {
  for (const ground of ['rgb(255,255,255)', 'rgb(233,240,247)', 'rgb(254,242,0)', 'rgb(18,20,24)']) {
    test(`keeps a ground of ${ground}, at every quality, effort and scale`, async () => {
      const upload = await drawing(ground).flatten().png({ compressionLevel: 0 }).toBuffer();
      for (const options of EVERY) await assertKept(upload, options);
    });
  }

  test('keeps flat areas whatever it was made of', async () => {
    const image = drawing('rgb(233,240,247)').flatten();
    for (const upload of [
      await image.clone().jpeg({ quality: 80 }).toBuffer(),
      await image.clone().webp({ lossless: true }).toBuffer(),
      await image.clone().gif().toBuffer(),
      await image.clone().toColourspace('rgb16').png().toBuffer(),
      await image.clone().toColourspace('b-w').png().toBuffer(),
    ]) {
      await assertKept(upload, { format: 'png' });
      await assertKept(upload, { format: 'png', effort: 'small', quality: 20 });
    }
  });

  test('keeps shadows, and what is opaque opaque', async () => {
    const shadows = Array.from({ length: 6 }, (_, index) => {
      const [x, opacity] = [30 + 70 * index, 0.08 + 0.15 * index];
      return `<rect x="${x}" y="330" width="50" height="40" fill="#102040" fill-opacity="${opacity}"/>`;
    });
    const soft = `<filter id="soft"><feGaussianBlur stdDeviation="6"/></filter>
      <rect x="60" y="60" width="360" height="240" fill="#000" fill-opacity=".5" filter="url(#soft)"/>
      <rect x="50" y="50" width="360" height="240" fill="#e8e0d0"/>`;
    const upload = await drawing('none', soft + shadows.join(''))
      .png({ compressionLevel: 0 })
      .toBuffer();
    const before = await pixels(sharp(upload));
    for (const options of EVERY.filter(({ scale }) => !scale)) {
      await assertKept(upload, options);
      const after = await pixels(sharp((await compress(upload, options)).file));
      for (let at = 3; at < before.data.length; at += 4) {
        if (before.data[at] === 255) assert.equal(after.data[at], 255, `at ${at}`);
        if (before.data[at] === 0) assert.equal(after.data[at], 0, `at ${at}`);
      }
    }
  });

  test('keeps small coloured things in a large grey picture', async () => {
    const things: [Colour, number, number][] = [
      [[220, 30, 40], 40, 40],
      [[30, 80, 220], 300, 200],
      [[250, 200, 20], 500, 350],
      [[120, 20, 140], 620, 60],
    ];
    const grey = await photo(800, 600).greyscale().toColourspace('b-w').raw().toBuffer();
    const picture = Buffer.alloc(800 * 600 * 3);
    for (const [at, value] of grey.entries()) picture.fill(value, 3 * at, 3 * at + 3);
    for (const [colour, left, top] of things) {
      for (let y = top; y < top + 16; y++) {
        for (let x = left; x < left + 16; x++) {
          // Not flat: a weave.
          picture.set(colour.map((value) => Math.max(0, value - 9 * ((x + 2 * y) % 3))) as Colour, 3 * (y * 800 + x));
        }
      }
    }
    picture.fill(255, 0, 3 * 800 * 16);
    const upload = await sharp(picture, { raw: { width: 800, height: 600, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    for (const options of EVERY.filter(({ scale }) => !scale)) await assertKept(upload, options);
  });

  test('goes where a picture has more flat colours than a palette can hold', async () => {
    const swatches = Array.from({ length: 600 }, (_, index) => {
      const colour = `rgb(${(index * 37) % 256},${(index * 91) % 256},${(index * 151) % 256})`;
      return `<rect x="${16 * (index % 30)}" y="${16 * Math.floor(index / 30)}" width="16" height="16" fill="${colour}"/>`;
    });
    const upload = await drawing('#fff', swatches.join('')).flatten().png({ compressionLevel: 0 }).toBuffer();
    for (const effort of ['fast', 'small'] as const) {
      const metadata = await assertKept(upload, { effort });
      assert.equal(metadata.isPalette, false);
    }
  });

  test('has the colours of a picture of a few pixels', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [2, 9],
    ] as const) {
      const colours = Buffer.from(Array.from({ length: width * height * 3 }, (_, index) => (index * 53) % 256));
      const upload = await sharp(colours, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      const [before, after] = [await pixels(sharp(upload)), await pixels(sharp((await compress(upload)).file))];
      assert.ok(off([...before.data], [...after.data]) <= 12, `${width}×${height}: ${after.data.join()}`);
    }
  });

  test('leaves nothing where there was nothing', async () => {
    const upload = await disc(200).png({ compressionLevel: 0 }).toBuffer();
    await assertKept(upload, {});
    await assertKept(upload, { effort: 'small', quality: 10 });
  });
});

describe('a GIF', () => {
  test('keeps the plain colours of its frames, however near they are to one another', async () => {
    const colours = Array.from(
      { length: 12 },
      (_, index): Colour => [101 + 5 * index, 121 + 4 * index, 201 - 5 * index],
    );
    const upload = await animation('gif', colours, Array(12).fill(100), 0);
    for (const options of [{}, { effort: 'small' }, { scale: 50 }] as const) {
      const { file } = await compress(upload, options);
      for (const [page, colour] of colours.entries()) {
        const { data } = await pixels(sharp(file, { page }));
        assert.ok(
          off([...colour], [...data]) <= 1,
          `${JSON.stringify(options)}, frame ${page}: ${data.subarray(0, 3).join()}`,
        );
      }
    }
  });
});
