import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { IMAGE_FORMATS, type ImageFormat, WRITTEN_FORMATS } from '../../src/domain/formats.ts';
import { cleanMetadata } from '../../src/imaging/formats/clean-metadata.ts';
import { bmp, ico } from '../support/bitmaps.ts';
import { decoders } from '../support/decoders.ts';
import { movingPng } from '../support/moving-png.ts';
import {
  animation,
  BLUE,
  type Colour,
  colourAt,
  disc,
  distance,
  GREEN,
  photo,
  pngChunk,
  quarters,
  RED,
  WHITE,
  withChunks,
  withSegment,
} from '../support/pictures.ts';
import { HEIC_QUARTERS, JXL_QUARTERS } from '../support/rare-pictures.ts';

const { compress } = decoders();

async function quartersOf(file: string): Promise<number[][]> {
  const places = [
    [0.2, 0.2],
    [0.8, 0.2],
    [0.2, 0.8],
    [0.8, 0.8],
  ] as const;
  return Promise.all(places.map(([x, y]) => colourAt(file, x, y)));
}

async function assertQuarters(file: string, expected: Colour[], tolerance = 12): Promise<void> {
  for (const [index, colour] of (await quartersOf(file)).entries()) {
    const wanted = expected[index] ?? RED;
    assert.ok(distance(colour, wanted) <= tolerance, `quarter ${index}: ${colour} instead of ${wanted}`);
  }
}

const SVG_QUARTERS = `<?xml version="1.0"?><!-- quarters --><svg xmlns="http://www.w3.org/2000/svg" width="320" height="160">
  <path fill="rgb(${RED})" d="M0 0h160v80H0z"/><path fill="rgb(${GREEN})" d="M160 0h160v80H160z"/>
  <path fill="rgb(${BLUE})" d="M0 80h160v80H0z"/><path fill="rgb(${WHITE})" d="M160 80h160v80H160z"/></svg>`;

/** What `format=same` makes of formats that are not written. */
const BECOMES: Partial<Record<ImageFormat, ImageFormat>> = {
  heic: 'jpeg',
  tiff: 'jpeg',
  bmp: 'jpeg',
  svg: 'png',
  ico: 'png',
  // It has an alpha channel.
  jxl: 'png',
};

const drawn: Record<ImageFormat, () => Promise<Buffer>> = {
  jpeg: () => quarters(320, 160).jpeg({ quality: 95 }).toBuffer(),
  png: () => quarters(320, 160).png({ compressionLevel: 0 }).toBuffer(),
  webp: () => quarters(320, 160).webp({ lossless: true }).toBuffer(),
  gif: () => quarters(320, 160).gif().toBuffer(),
  avif: () => quarters(320, 160).avif({ quality: 90, effort: 0 }).toBuffer(),
  heic: async () => HEIC_QUARTERS,
  tiff: () => quarters(320, 160).tiff({ compression: 'none' }).toBuffer(),
  bmp: () => bmp(quarters(320, 160), { bits: 24 }),
  svg: async () => Buffer.from(SVG_QUARTERS),
  ico: () => ico({ image: quarters(64, 32), as: 'bitmap' }),
  jxl: async () => JXL_QUARTERS,
};

describe('every format', () => {
  for (const from of IMAGE_FORMATS) {
    for (const to of ['same', 'jpeg', 'png', 'webp', 'avif'] as const) {
      test(`${from} to ${to} shows the same picture`, async () => {
        const result = await compress(await drawn[from](), { format: to });
        const formatOut = to === 'same' ? (BECOMES[from] ?? from) : to;
        assert.deepEqual([result.formatIn, result.formatOut], [from, formatOut]);
        const codes = result.notes?.map(({ code }) => code) ?? [];
        assert.equal(codes.includes('format_changed'), to === 'same' && from in BECOMES);
        const metadata = await sharp(result.file).metadata();
        assert.equal(metadata.format === 'heif' ? 'avif' : metadata.format, formatOut);
        assert.equal(result.bytesOut, readFileSync(result.file).length);
        await assertQuarters(result.file, [RED, GREEN, BLUE, WHITE]);
      });
    }
  }
});

describe('orientation', () => {
  // What a viewer shows of red, green / blue, white for each value (EXIF 2.32, tag 274).
  const shown: [number, Colour[]][] = [
    [1, [RED, GREEN, BLUE, WHITE]],
    [2, [GREEN, RED, WHITE, BLUE]],
    [3, [WHITE, BLUE, GREEN, RED]],
    [4, [BLUE, WHITE, RED, GREEN]],
    [5, [RED, BLUE, GREEN, WHITE]],
    [6, [BLUE, RED, WHITE, GREEN]],
    [7, [WHITE, GREEN, BLUE, RED]],
    [8, [GREEN, WHITE, RED, BLUE]],
  ];
  for (const [orientation, expected] of shown) {
    test(`EXIF orientation ${orientation} is applied and gone`, async () => {
      const jpeg = await quarters(64, 32).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
      const result = await compress(jpeg);
      const turned = orientation > 4;
      assert.deepEqual([result.width, result.height], turned ? [32, 64] : [64, 32]);
      assert.deepEqual([result.widthIn, result.heightIn], turned ? [32, 64] : [64, 32]);
      assert.equal((await sharp(result.file).metadata()).orientation, undefined);
      await assertQuarters(result.file, expected, 40);
    });
  }

  test('scaling counts from what is shown', async () => {
    const jpeg = await quarters(640, 320).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const result = await compress(jpeg, { scale: 50 });
    assert.deepEqual([result.width, result.height], [160, 320]);
    await assertQuarters(result.file, [BLUE, RED, WHITE, GREEN]);
  });
});

describe('colours', () => {
  test('a wide-gamut profile is converted, not dropped', async () => {
    const p3 = await quarters(64, 32).withIccProfile('p3').png().toBuffer();
    const result = await compress(p3, { format: 'png', quality: 100, scale: 99 });
    assert.equal((await sharp(result.file).metadata()).icc, undefined);
    await assertQuarters(result.file, [RED, GREEN, BLUE, WHITE], 4);
  });

  test('a profile that says sRGB changes nothing, and is left behind', async () => {
    for (const format of ['png', 'webp', 'jpeg'] as const) {
      const marked = await quarters(64, 32).withIccProfile('srgb').toFormat(format, { quality: 100 }).toBuffer();
      assert.ok((await sharp(marked).metadata()).icc);
      const result = await compress(marked, { format: 'png', quality: 100, scale: 99 });
      assert.equal((await sharp(result.file).metadata()).icc, undefined);
      await assertQuarters(result.file, [RED, GREEN, BLUE, WHITE], 4);
    }
  });

  test('CMYK with a profile comes out as the colours it stands for', async () => {
    const cmyk = await quarters(64, 32).withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer();
    assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
    const result = await compress(cmyk, { format: 'png', quality: 100 });
    assert.equal((await sharp(result.file).metadata()).space, 'srgb');
    // Its inks do not reach this blue.
    await assertQuarters(result.file, [RED, GREEN, BLUE, WHITE], 80);
  });

  test('16 bits a channel come out as 8', async () => {
    const deep = await quarters(64, 32).toColourspace('rgb16').png().toBuffer();
    assert.equal((await sharp(deep).metadata()).depth, 'ushort');
    for (const format of ['same', 'jpeg', 'webp'] as const) {
      await assertQuarters((await compress(deep, { format, scale: 100 })).file, [RED, GREEN, BLUE, WHITE], 16);
    }
  });

  test('a palette with transparency keeps it', async () => {
    const palette = await disc().png({ palette: true }).toBuffer();
    const result = await compress(palette, { scale: 50 });
    assert.equal((await colourAt(result.file, 0.02, 0.02))[3], 0);
    assert.ok(distance(await colourAt(result.file, 0.5, 0.5), [...RED, 255]) < 16);
  });

  test('grey stays grey, and needs one channel', async () => {
    const grey = await photo(200, 150).greyscale().toColourspace('b-w').jpeg({ quality: 95 }).toBuffer();
    const result = await compress(grey);
    assert.equal((await sharp(result.file).metadata()).channels, 1);
    const before = await sharp(grey).toColourspace('b-w').raw().toBuffer();
    const after = await sharp(result.file).toColourspace('b-w').raw().toBuffer();
    const mean = before.reduce((sum, value, at) => sum + Math.abs(value - (after[at] ?? 0)), 0) / before.length;
    assert.ok(mean < 8, `mean difference ${mean}`);
  });

  test('a single pixel survives every format', async () => {
    for (const format of ['same', 'jpeg', 'png', 'webp', 'avif'] as const) {
      const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#c81e1e' } })
        .png()
        .toBuffer();
      const result = await compress(dot, { format, scale: 10 });
      assert.deepEqual([result.width, result.height], [1, 1]);
      assert.ok(distance(await colourAt(result.file, 0, 0), RED) < 16);
    }
  });
});

describe('transparency', () => {
  test('lies on white where the format has none', async () => {
    const result = await compress(await disc().png().toBuffer(), { format: 'jpeg' });
    assert.ok(distance(await colourAt(result.file, 0.02, 0.02), [255, 255, 255]) < 6);
    assert.ok(distance(await colourAt(result.file, 0.5, 0.5), RED) < 12);
  });

  for (const format of ['same', 'webp', 'avif'] as const) {
    test(`stays where it can (${format})`, async () => {
      const result = await compress(await disc().png().toBuffer(), { format });
      assert.ok(((await colourAt(result.file, 0.02, 0.02))[3] ?? 255) < 8);
      assert.ok(((await colourAt(result.file, 0.5, 0.5))[3] ?? 0) > 247);
    });
  }
});

describe('animations', () => {
  const colours = [RED, GREEN, BLUE, WHITE];
  for (const from of ['gif', 'webp'] as const) {
    for (const to of ['same', 'webp'] as const) {
      test(`${from} to ${to} keeps frames, delays and loops`, async () => {
        const moving = await animation(from, colours, [100, 200, 300, 400], 3);
        const result = await compress(moving, { format: to, scale: 50 });
        const metadata = await sharp(result.file, { animated: true }).metadata();
        assert.deepEqual([metadata.pages, metadata.delay, metadata.loop], [4, [100, 200, 300, 400], 3]);
        assert.deepEqual([result.width, result.height, metadata.width, metadata.pageHeight], [20, 15, 20, 15]);
        for (const [page, colour] of colours.entries()) {
          assert.ok(distance(await colourAt(result.file, 0.5, 0.5, page), colour) < 24);
        }
      });
    }
    test(`${from} becomes its first frame where the target cannot move`, async () => {
      const moving = await animation(from, colours, [100, 100, 100, 100], 0);
      for (const format of ['jpeg', 'png', 'avif'] as const) {
        const result = await compress(moving, { format });
        assert.deepEqual([result.width, result.height], [40, 30]);
        assert.ok(distance(await colourAt(result.file, 0.5, 0.5), RED) < 16);
      }
    });
  }

  test('an animated PNG is kept as it is instead of losing its frames', async () => {
    const moving = withChunks(await movingPng([RED, GREEN, BLUE]), pngChunk('tEXt', Buffer.from('Author\0Me')));
    const result = await compress(moving);
    assert.equal(result.outcome, 'kept_original');
    const bytes = readFileSync(result.file);
    assert.ok(bytes.includes('acTL') && !bytes.includes('tEXt'));
  });
});

describe('size', () => {
  test('scale is per cent of both dimensions, rounded', async () => {
    const result = await compress(await photo(301, 199).jpeg().toBuffer(), { scale: 33 });
    assert.deepEqual([result.width, result.height, result.widthIn, result.heightIn], [99, 66, 301, 199]);
  });

  test('a PNG below quality 100 has a palette, at 100 it keeps every pixel', async () => {
    const png = await photo(200, 150).png({ compressionLevel: 1 }).toBuffer();
    assert.equal((await sharp((await compress(png)).file).metadata()).isPalette, true);
    const lossless = await compress(png, { quality: 100 });
    assert.deepEqual(await sharp(lossless.file).raw().toBuffer(), await sharp(png).raw().toBuffer());
  });

  test('lower quality and more effort make smaller files', async () => {
    const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
    const size = async (quality: number, effort: 'fast' | 'small') =>
      (await compress(jpeg, { quality, effort })).bytesOut;
    assert.ok((await size(30, 'fast')) < (await size(70, 'fast')));
    assert.ok((await size(50, 'small')) < (await size(50, 'fast')));
  });

  test('nothing gets larger, whatever comes in', async () => {
    for (const format of WRITTEN_FORMATS) {
      const first = await compress(await drawn[format]());
      const again = await compress(readFileSync(first.file));
      const third = await compress(readFileSync(again.file), { quality: 95 });
      for (const result of [first, again, third])
        assert.ok(result.bytesOut <= result.bytesIn, `${format}: ${JSON.stringify(result)}`);
    }
  });
});

describe('what a format cannot hold', () => {
  const strip = (channels: 3 | 4, width = 17_000) =>
    sharp({ create: { width, height: 8, channels, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });

  test('becomes the nearest one that can', async () => {
    const jpeg = await strip(3).jpeg().toBuffer();
    const png = await strip(4).png().toBuffer();
    for (const format of ['webp', 'avif'] as const) {
      const opaque = await compress(jpeg, { format });
      assert.deepEqual([opaque.formatOut, opaque.width], ['jpeg', 17_000]);
      const transparent = await compress(png, { format });
      assert.deepEqual([transparent.formatOut, transparent.width], ['png', 17_000]);
    }
    assert.equal((await compress(await strip(3, 65_510).png().toBuffer(), { format: 'jpeg' })).formatOut, 'png');
  });

  test('is held once it is scaled', async () => {
    const { formatOut, width } = await compress(await strip(3).jpeg().toBuffer(), { format: 'webp', scale: 50 });
    assert.deepEqual([formatOut, width], ['webp', 8_500]);
  });

  test('starts where the records say', async () => {
    const fits = await strip(3, 16_383).png().toBuffer();
    assert.equal((await compress(fits, { format: 'webp' })).formatOut, 'webp');
    const avif = await compress(await strip(3, 16_384).png().toBuffer(), { format: 'avif' });
    assert.equal(avif.formatOut, 'avif');
  });
});

describe('half of a JPEG', () => {
  const levels = async (file: Buffer | string) => sharp(file).raw().toBuffer();
  const halved = async (jpeg: Buffer) => (await compress(jpeg, { scale: 50, format: 'png', quality: 100 })).file;

  test('differs from one that is decoded in full by less than a level', async () => {
    const jpeg = await photo(800, 600).blur(2).jpeg({ quality: 90 }).toBuffer();
    const ours = await levels(await halved(jpeg));
    const resized = await levels(await sharp(jpeg).resize(400, 300).png().toBuffer());
    const mean = ours.reduce((sum, value, at) => sum + Math.abs(value - (resized[at] ?? 0)), 0) / ours.length;
    assert.ok(mean < 1, `mean difference ${mean}`);
    assert.ok(!ours.equals(resized), 'it was decoded in full');
  });

  test('is decoded in full where half a pixel would be left over', async () => {
    const jpeg = await photo(801, 600).jpeg().toBuffer();
    const result = await halved(jpeg);
    assert.deepEqual((await sharp(result).metadata()).width, 401);
    const resized = sharp(jpeg).resize({ width: 401, height: 300, fit: 'fill' }).png();
    assert.ok((await levels(result)).equals(await levels(await resized.toBuffer())));
  });

  test('is a failure where the file ends early', async () => {
    const jpeg = await photo(800, 600).jpeg().toBuffer();
    const cut = jpeg.subarray(0, jpeg.length * 0.9);
    await assert.rejects(compress(cut, { scale: 50 }), { code: 'corrupt_image' });
  });
});

describe('effort=small', () => {
  const drawing = (fill: 'dots' | 'blend') => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="150"><defs>
      <pattern id="dots" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 0h4v4H0z"/></pattern>
      <linearGradient id="blend"><stop stop-color="#c00"/><stop offset="1" stop-color="#00c"/></linearGradient></defs>
      <rect width="200" height="150" fill="#fff"/><rect x="20" y="20" width="160" height="110" fill="url(#${fill})"/></svg>`;
    return sharp(Buffer.from(svg)).flatten().png().toBuffer();
  };
  /** Filters make more bytes of it. */
  const fewColours = async () => sharp(await photo(200, 150).png({ palette: true, colours: 8 }).toBuffer());

  test('never makes a larger file than fast', async () => {
    const pictures = {
      drawing: await drawing('dots'),
      'few colours': await (await fewColours()).png({ compressionLevel: 0 }).toBuffer(),
      photo: await photo(200, 150).png({ compressionLevel: 0 }).toBuffer(),
      'moving GIF': await animation('gif', [RED, GREEN, BLUE], [100, 100, 100], 0),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      for (const format of ['same', 'jpeg', 'webp', 'avif'] as const) {
        for (const quality of [50, 95, 100]) {
          const [fast, small] = await Promise.all(
            (['fast', 'small'] as const).map((effort) => compress(picture, { format, quality, effort, scale: 99 })),
          );
          const what = `${name} as ${format}, quality ${quality}: ${small?.bytesOut} of ${fast?.bytesOut}`;
          assert.ok(small && fast && small.bytesOut <= fast.bytesOut, what);
        }
      }
    }
  });

  test('keeps every pixel of a drawing where a palette would take more bytes', async () => {
    const file = await drawing('blend');
    const [fast, small] = [await compress(file), await compress(file, { effort: 'small' })];
    assert.ok(small.bytesOut < fast.bytesOut, `${small.bytesOut} of ${fast.bytesOut}`);
    assert.equal(small.outcome, 'compressed');
    const [before, after] = await Promise.all([file, small.file].map((each) => sharp(each).raw().toBuffer()));
    assert.ok(before && after?.equals(before));
  });
});

describe('originals that are kept', () => {
  const secret = Buffer.from('Exif\0\0 taken at 52.5N 13.4E');
  const tail = Buffer.from('PK\x03\x04 a whole archive behind the picture');

  async function kept(bytes: Buffer): Promise<Buffer> {
    const result = await compress(bytes, { quality: 100 });
    assert.equal(result.outcome, 'kept_original');
    return readFileSync(result.file);
  }
  const pixels = (bytes: Buffer) => sharp(bytes, { animated: true }).raw().toBuffer();

  test('a JPEG comes out without EXIF, comment and tail, pixel for pixel', async () => {
    const plain = await photo().jpeg({ quality: 20 }).toBuffer();
    const dirty = Buffer.concat([withSegment(withSegment(plain, 0xe1, secret), 0xfe, Buffer.from('comment')), tail]);
    const bytes = await kept(dirty);
    for (const trace of ['taken at', 'comment', 'archive']) assert.ok(!bytes.includes(trace), trace);
    assert.deepEqual(await pixels(bytes), await pixels(plain));
  });

  test('a progressive JPEG is followed through all its scans', async () => {
    const plain = await photo().jpeg({ quality: 20, progressive: true }).toBuffer();
    const bytes = await kept(Buffer.concat([withSegment(plain, 0xe1, secret), tail]));
    assert.deepEqual(await pixels(bytes), await pixels(plain));
    assert.ok(!bytes.includes('taken at') && !bytes.includes('archive'));
  });

  test('a PNG comes out without text and tail', async () => {
    const plain = await photo(120, 90).png({ palette: true, colours: 8, effort: 10 }).toBuffer();
    const bytes = await kept(Buffer.concat([withChunks(plain, pngChunk('tEXt', Buffer.from('taken at\0home'))), tail]));
    assert.ok(!bytes.includes('taken at') && !bytes.includes('archive'));
    assert.deepEqual(await pixels(bytes), await pixels(plain));
  });

  test('a WebP comes out without EXIF, XMP and tail', async () => {
    const exif = { IFD0: { Copyright: 'taken at home' } };
    const plain = await photo(120, 90).withExif(exif).webp({ quality: 5, effort: 6 }).toBuffer();
    assert.ok(plain.includes('taken at'));
    const bytes = await kept(Buffer.concat([plain, tail]));
    assert.ok(!bytes.includes('taken at') && !bytes.includes('archive') && !bytes.includes('EXIF'));
    assert.deepEqual(await pixels(bytes), await pixels(plain));
  });

  test('a GIF comes out without comments and tail, still running', async () => {
    const plain = await animation('gif', [RED, GREEN], [100, 100], 2);
    const comment = Buffer.from([0x21, 0xfe, 8, ...Buffer.from('taken at'), 0]);
    const at = plain.indexOf(Buffer.from([0x21, 0xff]));
    const bytes = cleanMetadata(Buffer.concat([plain.subarray(0, at), comment, plain.subarray(at), tail]), 'gif');
    assert.ok(bytes);
    assert.ok(!bytes.includes('taken at') && !bytes.includes('archive'));
    assert.deepEqual(await pixels(bytes), await pixels(plain));
    assert.equal((await sharp(bytes).metadata()).loop, 2);
  });

  test('an AVIF comes out with its EXIF blanked', async () => {
    const exif = { IFD0: { Copyright: 'taken at home' } };
    const plain = await photo(120, 90).withExif(exif).avif({ quality: 5, effort: 4 }).toBuffer();
    assert.ok(plain.includes('taken at'));
    const bytes = await kept(Buffer.concat([plain, tail]));
    assert.ok(!bytes.includes('taken at') && !bytes.includes('archive'));
    assert.deepEqual(await pixels(bytes), await pixels(plain));
  });
});
