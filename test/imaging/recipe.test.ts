import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { encodeWithin, MOST_ENCODINGS } from '../../src/imaging/encode-within.ts';
import { decoders } from '../support/decoders.ts';
import { animation, BLUE, colourAt, disc, distance, GREEN, photo, quarters, RED, WHITE } from '../support/pictures.ts';

const { compress, compressAll } = decoders();

/** Mean and largest difference of two pictures of one size, in levels. */
async function difference(a: Buffer | string, b: Buffer | string): Promise<{ mean: number; worst: number }> {
  const [one, other] = await Promise.all([a, b].map((file) => sharp(file).removeAlpha().raw().toBuffer()));
  assert.ok(one && other);
  assert.equal(one.length, other.length);
  let [sum, worst] = [0, 0];
  for (const [at, value] of one.entries()) {
    const off = Math.abs(value - (other[at] ?? 0));
    sum += off;
    worst = Math.max(worst, off);
  }
  return { mean: sum / one.length, worst };
}

describe('the size of a picture', () => {
  test('is never larger than asked for, and nothing is enlarged', async () => {
    const jpeg = await photo(400, 300).jpeg({ quality: 95 }).toBuffer();
    const sizes = [
      [{ max_width: 200 }, [200, 150]],
      [{ max_height: 60 }, [80, 60]],
      [{ max_width: 100, max_height: 60 }, [80, 60]],
      [{ max_width: 4_000 }, [400, 300]],
      [{ scale: 50, max_width: 4_000 }, [200, 150]],
      [{ scale: 50, max_width: 100 }, [100, 75]],
    ] as const;
    for (const [options, size] of sizes) {
      const result = await compress(jpeg, options);
      const { width, height } = await sharp(result.file).metadata();
      assert.deepEqual(
        [
          [result.width, result.height],
          [width, height],
        ],
        [size, size],
        JSON.stringify(options),
      );
    }
  });

  test('is that of the picture as shown where it is turned', async () => {
    const turned = await photo(400, 300).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer();
    const { width, height } = await compress(turned, { max_width: 150 });
    assert.deepEqual([width, height], [150, 200]);
  });

  test('does not change how it looks: within a level of a careful resize', async () => {
    const png = await photo(640, 480).blur(2).png().toBuffer();
    const { file } = await compress(png, { max_width: 320, quality: 100 });
    const careful = await sharp(png).resize(320, 240, { kernel: 'lanczos3' }).png().toBuffer();
    assert.ok((await difference(file, careful)).worst <= 1);
  });

  test('is had without decoding the rest of a JPEG where it is a quarter or an eighth of it', async () => {
    const jpeg = await photo(640, 480).blur(3).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
    for (const shrink of [4, 8]) {
      const { file } = await compress(jpeg, { max_width: 640 / shrink, format: 'png', quality: 100 });
      const exact = await sharp(jpeg, { failOn: 'none' })
        .resize(640 / shrink, 480 / shrink, { fastShrinkOnLoad: false })
        .png()
        .toBuffer();
      assert.ok((await difference(file, exact)).mean <= 1, `1/${shrink}`);
    }
  });

  test('is left alone where the picture has it already, so that a JPEG need not go through pixels', async () => {
    const jpeg = await photo(400, 300).jpeg({ quality: 95 }).toBuffer();
    const [sized, plain] = [await compress(jpeg, { max_width: 400 }), await compress(jpeg)];
    assert.deepEqual(readFileSync(sized.file), readFileSync(plain.file));
  });
});

describe('fit=pad', () => {
  const wanted = { fit: 'pad', max_width: 100, max_height: 100 } as const;

  test('puts the ground around the picture, to exactly the wanted size', async () => {
    const png = await quarters(200, 100).png().toBuffer();
    const result = await compress(png, { ...wanted, background: '#1e6432' });
    assert.deepEqual([result.width, result.height], [100, 100]);
    assert.ok(distance(await colourAt(result.file, 0.5, 0.1), [30, 100, 50]) <= 2);
    assert.ok(distance(await colourAt(result.file, 0.5, 0.9), [30, 100, 50]) <= 2);
    assert.ok(distance(await colourAt(result.file, 0.2, 0.35), RED) <= 8);
    assert.ok(distance(await colourAt(result.file, 0.8, 0.65), WHITE) <= 8);
  });

  test('keeps a ground transparent where the format can, and makes it white where it cannot', async () => {
    const png = await quarters(200, 100).png().toBuffer();
    const clear = await compress(png, { ...wanted, background: 'transparent', format: 'webp' });
    assert.equal((await colourAt(clear.file, 0.5, 0.1))[3], 0);
    assert.equal((await colourAt(clear.file, 0.2, 0.35))[3], 255);
    const white = await compress(png, { ...wanted, background: 'transparent', format: 'jpeg' });
    assert.ok(distance(await colourAt(white.file, 0.5, 0.1), [255, 255, 255]) <= 2);
  });

  test('gives a grey picture a ground in colour', async () => {
    const grey = await photo(200, 100).greyscale().toColourspace('b-w').jpeg({ quality: 95 }).toBuffer();
    const { file } = await compress(grey, { ...wanted, background: '#c81e1e' });
    assert.ok(distance(await colourAt(file, 0.5, 0.05), RED) <= 6);
  });

  test('pads a small picture without enlarging it', async () => {
    const result = await compress(await quarters(40, 20).png().toBuffer(), { ...wanted, background: '#000000' });
    assert.deepEqual([result.width, result.height], [100, 100]);
    assert.ok(distance(await colourAt(result.file, 0.25, 0.5), [0, 0, 0]) <= 2);
    assert.ok(distance(await colourAt(result.file, 0.4, 0.45), RED) <= 8);
  });

  test('pads every frame of a moving picture', async () => {
    const gif = await animation('gif', [RED, GREEN, BLUE], [100, 100, 100], 0);
    const { file, width, height } = await compress(gif, { ...wanted, max_width: 60, max_height: 60, format: 'webp' });
    const { pages, pageHeight } = await sharp(file, { animated: true }).metadata();
    assert.deepEqual([width, height, pages, pageHeight], [60, 60, 3, 60]);
    assert.ok(distance(await colourAt(file, 0.5, 0.05, 2), [255, 255, 255]) <= 4);
    assert.ok(distance(await colourAt(file, 0.5, 0.5, 1), GREEN) <= 12);
  });
});

test('a background stands behind what is transparent where the format cannot be', async () => {
  const { file } = await compress(await disc().png().toBuffer(), {
    format: 'jpeg',
    background: '#283cc8',
    quality: 90,
  });
  assert.ok(distance(await colourAt(file, 0.05, 0.05), BLUE) <= 8);
});

describe('fit=cover', () => {
  test('cuts to exactly the wanted size, around what is interesting', async () => {
    // Plain, but for a spot of detail at the right end.
    const spot = await photo(80, 80).png().toBuffer();
    const base = sharp({ create: { width: 600, height: 200, channels: 3, background: '#eeeeee' } });
    const png = await base
      .composite([{ input: spot, left: 500, top: 60 }])
      .png()
      .toBuffer();
    const result = await compress(png, { fit: 'cover', max_width: 100, max_height: 100, quality: 100 });
    assert.deepEqual([result.width, result.height], [100, 100]);
    const { channels } = await sharp(result.file).stats();
    assert.ok((channels[0]?.stdev ?? 0) > 10, 'the spot is not in the picture');
  });

  test('keeps the wanted proportions where a picture is too small', async () => {
    const result = await compress(await photo(80, 60).png().toBuffer(), {
      fit: 'cover',
      max_width: 100,
      max_height: 100,
    });
    assert.deepEqual([result.width, result.height], [60, 60]);
  });

  test('cuts every frame of a moving picture alike', async () => {
    const gif = await animation('gif', [RED, GREEN], [100, 100], 0);
    const result = await compress(gif, { fit: 'cover', max_width: 20, max_height: 20 });
    const { pages, pageHeight, width } = await sharp(result.file, { animated: true }).metadata();
    assert.deepEqual([result.width, result.height, pages, pageHeight, width], [20, 20, 2, 20, 20]);
  });
});

describe('max_bytes', () => {
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    test(`takes the highest quality of ${format} that fits`, async () => {
      const png = await photo(400, 300).blur(1.5).png().toBuffer();
      const free = await compress(png, { format, quality: 90 });
      const limit = Math.round(free.bytesOut / 3);
      const { bytesOut, file } = await compress(png, { format, quality: 90, max_bytes: limit });
      assert.equal(statSync(file).size, bytesOut);
      assert.ok(bytesOut <= limit && bytesOut > limit * 0.65, `${bytesOut} of ${limit}`);
    });
  }

  test('changes nothing where the wanted quality fits, and keeps the wanted size', async () => {
    const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
    const [limited, free] = [await compress(jpeg, { max_bytes: 1_000_000 }), await compress(jpeg)];
    assert.deepEqual(readFileSync(limited.file), readFileSync(free.file));
    const over = await compress(jpeg, { max_bytes: Math.round(free.bytesOut * 0.8) });
    assert.ok(over.bytesOut <= free.bytesOut * 0.8);
    assert.deepEqual([over.width, over.height], [400, 300]);
  });

  test('gives the lowest quality where nothing fits', async () => {
    const png = await photo().png().toBuffer();
    const { bytesOut } = await compress(png, { format: 'jpeg', max_bytes: 1_000 });
    assert.equal(bytesOut, (await compress(png, { format: 'jpeg', quality: 1 })).bytesOut);
  });

  test('is found in four encodings, whatever the curve of a picture', async () => {
    const curves = [
      (quality: number) => 1_000 + 900 * quality,
      (quality: number) => 20_000 * 1.03 ** quality,
      (quality: number) => 300 * quality ** 1.4,
      (quality: number) => 90_000 + 10 * quality,
    ];
    for (const curve of curves) {
      for (const limit of [3_000, 20_000, 60_000, 90_500, 400_000]) {
        let encodings = 0;
        const encode = async (quality: number) => {
          encodings++;
          return Buffer.alloc(Math.round(curve(quality)));
        };
        const { length } = await encodeWithin(encode, 90, limit);
        assert.ok(encodings <= MOST_ENCODINGS);
        const lowest = Math.round(curve(1));
        if (lowest > limit) assert.equal(length, lowest);
        else assert.ok(length <= limit, `${curve}: ${length} of ${limit}`);
      }
    }
  });
});

describe('several pictures of one upload', () => {
  test('are each as if it were alone', async () => {
    const png = await quarters(640, 320).png().toBuffer();
    const wanted = [
      { format: 'jpeg', max_width: 320 },
      { format: 'webp', max_width: 160 },
      { format: 'png', fit: 'pad', max_width: 64, max_height: 64, background: '#c81e1e' },
      { format: 'avif', fit: 'cover', max_width: 100, max_height: 100 },
    ] as const;
    const together = await compressAll(png, [...wanted]);
    for (const [index, options] of wanted.entries()) {
      const alone = await compress(png, options);
      const same = together[index];
      assert.ok(same);
      assert.deepEqual([same.formatOut, same.width, same.height], [alone.formatOut, alone.width, alone.height]);
      assert.ok((await difference(same.file, alone.file)).mean <= 2, options.format);
    }
  });

  test('leave the main one as it is without them', async () => {
    const jpeg = await photo().jpeg({ quality: 95 }).toBuffer();
    const [main, thumb] = await compressAll(jpeg, [{}, { max_width: 100, format: 'webp' }]);
    assert.deepEqual(readFileSync(main?.file ?? ''), readFileSync((await compress(jpeg)).file));
    assert.deepEqual([thumb?.formatOut, thumb?.width, thumb?.height], ['webp', 100, 75]);
  });

  test('move where their format can, and stand still where it cannot', async () => {
    const gif = await animation('gif', [RED, BLUE], [100, 100], 0);
    const [main, moving, still] = await compressAll(gif, [{}, { format: 'webp', scale: 50 }, { format: 'jpeg' }]);
    const pages = await Promise.all(
      [main, moving, still].map(async (one) => (await sharp(one?.file, { animated: true }).metadata()).pages ?? 1),
    );
    assert.deepEqual(pages, [2, 2, 1]);
    assert.ok(distance(await colourAt(still?.file ?? '', 0.5, 0.5), RED) <= 12);
  });

  test('are grey and transparent as the upload is', async () => {
    const grey = await photo(200, 100).greyscale().toColourspace('b-w').png().toBuffer();
    const [jpeg] = await compressAll(grey, [
      { format: 'jpeg', scale: 50 },
      { format: 'webp', scale: 25 },
    ]);
    assert.equal((await sharp(jpeg?.file).metadata()).space, 'b-w');
    const [clear, flat] = await compressAll(await disc().png().toBuffer(), [{ format: 'webp' }, { format: 'jpeg' }]);
    assert.equal((await colourAt(clear?.file ?? '', 0.05, 0.05))[3], 0);
    assert.ok(distance(await colourAt(flat?.file ?? '', 0.05, 0.05), [255, 255, 255]) <= 4);
  });

  test('are one image: damage fails all of them', async () => {
    const jpeg = await photo().jpeg().toBuffer();
    await assert.rejects(compressAll(jpeg.subarray(0, 2_000), [{ scale: 50 }, { scale: 25 }]), {
      code: 'corrupt_image',
    });
  });
});
