/** What a browser shows is right: of the upload as of the result, which says nothing of its colours. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { FORMATS, type ImageFormat } from '../../src/domain/formats.ts';
import type { Options } from '../../src/domain/options.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { withNclx, withPremultipliedAlpha } from '../support/avif.ts';
import { bmp, ico } from '../support/bitmaps.ts';
import { decoders } from '../support/decoders.ts';
import {
  animation,
  BLUE,
  colourAt,
  disc,
  distance,
  GREEN,
  photo,
  pngChunk,
  quarters,
  RED,
  withChunks,
} from '../support/pictures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { launchBrowser } from '../web/browser.ts';
import { openPage } from '../web/page.ts';

const { compress } = decoders();
const browser = await launchBrowser();
atTheEnd(async () => browser?.close());
const { page } = await openPage(browser);

/** Runs in the page. */
const LOOK = `async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return Array.from({ length: 64 }, (_, at) => {
    const [x, y] = [((at % 8) + 0.5) / 8, (Math.floor(at / 8) + 0.5) / 8];
    return [...context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data];
  });
}`;

/** The colours of 64 places as R, G, B, A. */
function shown(bytes: Buffer, format: ImageFormat): Promise<number[][]> {
  const source = `data:${FORMATS[format].contentType};base64,${bytes.toString('base64')}`;
  return page.evaluate(`(${LOOK})(${JSON.stringify(source)})`);
}

async function assertShownAlike(
  upload: Buffer,
  from: ImageFormat,
  wish: Partial<Options>,
  tolerance = 4,
): Promise<void> {
  const wanted = await shown(upload, from);
  const result = await compress(upload, { quality: 100, ...wish });
  const got = await shown(readFileSync(result.file), result.formatOut);
  for (const [index, colour] of got.entries()) {
    const expected = wanted[index] ?? [];
    // Nothing shows of a colour without any opacity.
    const off = expected[3] === 0 && colour[3] === 0 ? 0 : distance(colour, expected);
    assert.ok(off <= tolerance, `${JSON.stringify(wish)}, place ${index}: ${colour} instead of ${expected}`);
  }
}

/** A GIF whose canvas reaches beyond its frames. */
function onLargerCanvas(gif: Buffer): Buffer {
  const larger = Buffer.from(gif);
  larger.writeUInt16LE(gif.readUInt16LE(6) * 2, 6);
  larger.writeUInt16LE(gif.readUInt16LE(8) + 10, 8);
  return larger;
}

describe('the canvas of a GIF is transparent where no frame draws', () => {
  test('of a still picture, which is white as JPEG', async () => {
    const gif = onLargerCanvas(await quarters(64, 32).gif().toBuffer());
    for (const format of ['same', 'png', 'webp'] as const)
      await assertShownAlike(gif, 'gif', { format, scale: 99 }, 24);
    const jpeg = await compress(gif, { format: 'jpeg', quality: 90 });
    const [corner] = (await shown(readFileSync(jpeg.file), 'jpeg')).slice(-1);
    assert.deepEqual(corner, [255, 255, 255, 255]);
  });

  test('of an animation, in every frame', async () => {
    const gif = onLargerCanvas(await animation('gif', [RED, GREEN, BLUE], [100, 100, 100], 0));
    for (const format of ['same', 'webp'] as const) {
      const { file } = await compress(gif, { format, scale: 99 });
      const frames = sharp(file, { animated: true }).ensureAlpha().raw();
      const { data, info } = await frames.toBuffer({ resolveWithObject: true });
      assert.equal(info.pages, 3);
      const height = info.pageHeight ?? 0;
      for (let frame = 0; frame < 3; frame++) {
        const last = ((frame + 1) * height * info.width - 1) * 4;
        assert.equal(data[last + 3], 0, `${format}, frame ${frame}`);
        assert.equal(data[frame * height * info.width * 4 + 3], 255);
      }
    }
  });

  test('and a canvas that the first frame covers stays opaque', async () => {
    const gif = await quarters(64, 32).gif().toBuffer();
    const { file } = await compress(gif, { format: 'webp', quality: 100 });
    assert.equal((await sharp(file).metadata()).hasAlpha, false);
  });
});

describe('a PNG shows the colours that its chunks name', () => {
  const numbers = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
    return bytes;
  };
  const gamma = (value: number) => pngChunk('gAMA', numbers(value));
  const adobe = pngChunk('cHRM', numbers(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000));
  const wishes: Partial<Options>[] = [{ format: 'png', scale: 99 }, { format: 'webp' }, { format: 'avif' }];
  const cases: [string, Buffer[]][] = [
    ['gamma 1', [gamma(100_000)]],
    ['gamma 2.2, which is not quite that of sRGB', [gamma(45_455)]],
    ['gamma and chromaticities', [gamma(45_455), adobe]],
    ['chromaticities without a gamma', [adobe]],
    ['sRGB, whatever the gamma is', [pngChunk('sRGB', Buffer.from([0])), gamma(100_000)]],
    ['Display P3 by cICP', [pngChunk('cICP', Buffer.from([12, 13, 0, 1]))]],
  ];
  for (const [name, chunks] of cases) {
    test(name, async () => {
      const eight = await quarters(64, 32).png().toBuffer();
      const sixteen = await quarters(64, 32).toColourspace('rgb16').png().toBuffer();
      const grey = await photo(64, 32).blur(9).greyscale().toColourspace('b-w').png().toBuffer();
      for (const wish of wishes) {
        for (const png of [eight, sixteen, grey]) await assertShownAlike(withChunks(png, ...chunks), 'png', wish, 8);
      }
    });
  }
});

describe('an AVIF shows the colours that its boxes name', () => {
  const picture = (bitdepth: 8 | 10 = 8) =>
    quarters(128, 64).avif({ quality: 100, effort: 0, bitdepth, chromaSubsampling: '4:4:4' }).toBuffer();
  const wish = { format: 'png' } as const;

  test('Display P3 and BT.2020', async () => {
    for (const primaries of [9, 12]) await assertShownAlike(withNclx(await picture(), { primaries }), 'avif', wish);
  });

  test('linear light', async () => {
    await assertShownAlike(withNclx(await picture(), { transfer: 8 }), 'avif', wish);
  });

  for (const [name, transfer] of Object.entries({ PQ: 16, HLG: 18 })) {
    test(`HDR of ${name}, as an ordinary screen shows it`, async () => {
      for (const primaries of [1, 9, 12]) {
        await assertShownAlike(withNclx(await picture(10), { primaries, transfer }), 'avif', wish, 8);
      }
    });
  }

  test('full range where the matrix is not named', async () => {
    const avif = withNclx(await picture(), { primaries: 2, transfer: 2, matrix: 2 });
    await assertShownAlike(avif, 'avif', wish, 6);
  });

  test('grey of limited range', async () => {
    const grey = await photo(64, 32)
      .blur(5)
      .greyscale()
      .toColourspace('b-w')
      .avif({ quality: 100, effort: 0 })
      .toBuffer();
    for (const fullRange of [true, false]) await assertShownAlike(withNclx(grey, { fullRange }), 'avif', wish);
  });

  test('colours multiplied by alpha', async () => {
    const { data, info } = await disc().blur(6).raw().toBuffer({ resolveWithObject: true });
    const raw = { width: info.width, height: info.height, channels: 4 } as const;
    const avif = await sharp(data, { raw }).avif({ quality: 100, effort: 0, chromaSubsampling: '4:4:4' }).toBuffer();
    await assertShownAlike(withPremultipliedAlpha(avif), 'avif', wish, 12);
  });
});

describe('a BMP', () => {
  for (const kind of [{ bits: 24 }, { bits: 24, topDown: true }, { bits: 32 }, { bits: 32, alpha: true }] as const) {
    test(JSON.stringify(kind), async () => {
      const image = 'alpha' in kind ? disc() : quarters(61, 33);
      await assertShownAlike(await bmp(image, kind), 'bmp', { format: 'png' });
    });
  }
});

describe('an icon shows its largest picture', () => {
  for (const as of ['bitmap', 'png'] as const) {
    test(`as ${as}`, async () => {
      const icon = await ico({ image: quarters(16, 16), as: 'bitmap' }, { image: disc(48), as });
      await assertShownAlike(icon, 'ico', { format: 'png' });
    });
  }
});

describe('an SVG', () => {
  const svg = (content: string) =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${content}</svg>`);
  const drawing = '<rect width="64" height="64" fill="rgb(200,30,30)"/><circle cx="32" cy="32" r="20" fill="#22c"/>';

  test('is drawn as by a browser, its scripts are not run', async () => {
    const script = '<script>document.documentElement.remove()</script>';
    await assertShownAlike(svg(script + drawing), 'svg', {}, 30);
  });

  test('loads no file and no entity from outside of it', async () => {
    const file = join(temporaryFolder(), 'green.png');
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#0f0' } }).toFile(file);
    const outside = `<image href="file://${file}" width="64" height="64"/><image href="${file}" width="64" height="64"/>`;
    const { file: result } = await compress(svg(drawing + outside), { format: 'png', quality: 100 });
    assert.deepEqual((await colourAt(result, 0.05, 0.05)).slice(0, 3), [200, 30, 30]);
    const entity = `<!DOCTYPE svg [<!ENTITY outside SYSTEM "file://${file}">]>`;
    const named = Buffer.concat([Buffer.from(entity), svg(`${drawing}<text>&outside;</text>`)]);
    // Refused or drawn without it: either is right.
    await compress(named, { format: 'png' }).catch(({ code }) => assert.equal(code, 'corrupt_image'));
  });
});

test('a CMYK JPEG without a profile', async () => {
  const jpeg = await quarters(64, 32).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  const start = jpeg.indexOf(Buffer.from([0xff, 0xe2]));
  const plain = start === -1 ? jpeg : withoutSegments(jpeg, 0xe2);
  assert.equal((await sharp(plain).metadata()).icc, undefined);
  await assertShownAlike(plain, 'jpeg', { format: 'png' }, 8);
});

function withoutSegments(jpeg: Buffer, marker: number): Buffer {
  const kept = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + jpeg.readUInt16BE(at + 2);
    if (jpeg[at + 1] !== marker) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, jpeg.subarray(at)]);
}
