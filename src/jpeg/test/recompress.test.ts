import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp, { type JpegOptions } from 'sharp';
import { withSegment } from '../../../test/support/pictures.ts';
import { assertAgrees, difference, pixels, recompress, scene, throughPixels } from './agreement.ts';
import { plainJpeg } from './plain-jpeg.ts';

describe('the result shows what the way through pixels makes of the same file', () => {
  const kinds: Record<string, JpegOptions> = {
    '4:2:0': {},
    '4:4:4': { chromaSubsampling: '4:4:4' },
    'progressive 4:2:0': { progressive: true },
    'progressive 4:4:4': { progressive: true, chromaSubsampling: '4:4:4' },
    'as MozJPEG writes it': { mozjpeg: true },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    test(`${kind}, from any quality to any other`, async () => {
      for (const before of [50, 75, 90, 100]) {
        const file = await scene(203, 155)
          .jpeg({ ...options, quality: before })
          .toBuffer();
        for (const quality of [1, 20, 49, 70, 89, 99].filter((lower) => lower < before)) {
          await assertAgrees(file, quality);
        }
      }
    });

    test(`${kind}, of any size`, async () => {
      for (const [width, height] of [
        [1, 1],
        [7, 9],
        [8, 8],
        [16, 16],
        [17, 33],
        [24, 8],
        [33, 16],
        [40, 57],
      ] as const) {
        const file = await scene(width, height)
          .jpeg({ ...options, quality: 90 })
          .toBuffer();
        const direct = await assertAgrees(file, 60);
        const metadata = await sharp(direct).metadata();
        assert.deepEqual([metadata.width, metadata.height], [width, height]);
        assert.equal(metadata.chromaSubsampling, '4:2:0');
      }
    });
  }

  test('grey stays grey', async () => {
    for (const progressive of [false, true]) {
      const file = await scene(77, 50).toColourspace('b-w').jpeg({ quality: 90, progressive }).toBuffer();
      assert.equal((await sharp(await assertAgrees(file, 50)).metadata()).channels, 1);
    }
  });

  test('4:2:2 and 4:4:0 come out as 4:2:0', async () => {
    for (const [sampling, name] of [
      [{ h: 2, v: 1 }, '4:2:2'],
      [{ h: 1, v: 2 }, '4:4:0'],
    ] as const) {
      for (const [width, height] of [
        [64, 48],
        [57, 41],
      ] as const) {
        const file = plainJpeg(await scene(width, height).raw().toBuffer(), width, height, sampling);
        assert.notEqual((await sharp(file).metadata()).chromaSubsampling, '4:4:4', name);
        const direct = await assertAgrees(file, 60);
        assert.equal((await sharp(direct).metadata()).chromaSubsampling, '4:2:0');
      }
    }
  });

  test('restart intervals change nothing', async () => {
    const [width, height] = [90, 70];
    const rgb = await scene(width, height).raw().toBuffer();
    for (const sampling of [
      { h: 2, v: 2 },
      { h: 1, v: 1 },
    ]) {
      const without = plainJpeg(rgb, width, height, sampling);
      await assertAgrees(without, 50);
      for (const restartInterval of [1, 4, 9, 1000]) {
        const file = plainJpeg(rgb, width, height, { ...sampling, restartInterval });
        assert.deepEqual(recompress(file, 50), recompress(without, 50));
      }
    }
  });

  test('whatever the picture holds', async () => {
    const picture = fc.record({
      width: fc.integer({ min: 12, max: 48 }),
      height: fc.integer({ min: 12, max: 48 }),
      seed: fc.uint8Array({ minLength: 48, maxLength: 48 }),
      before: fc.integer({ min: 2, max: 100 }),
      below: fc.integer({ min: 1, max: 99 }),
      progressive: fc.boolean(),
      chromaSubsampling: fc.constantFrom('4:2:0', '4:4:4'),
    });
    const check = async ({
      width,
      height,
      seed,
      before,
      below,
      ...options
    }: Awaited<ReturnType<typeof picture.generate>>['value']) => {
      const quality = Math.max(1, before - below);
      const file = await sharp(seed, { raw: { width: 4, height: 4, channels: 3 } })
        .resize(width, height, { fit: 'fill', kernel: 'cubic' })
        .jpeg({ ...options, quality: before })
        .toBuffer();
      const direct = recompress(file, quality);
      assert.ok(direct);
      const [ours, theirs] = await Promise.all([pixels(direct), pixels(await throughPixels(file, quality))]);
      const [lost, lostByReference] = [difference(ours, await pixels(file)), difference(theirs, await pixels(file))];
      assert.ok(lost <= 1.3 * lostByReference + 1.5, `${lost} levels lost instead of ${lostByReference}`);
    };
    await fc.assert(fc.asyncProperty(picture, check), { numRuns: 100, seed: 1 });
  });
});

describe('what is kept, and what is dropped', () => {
  test('white stays white', async () => {
    for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
      for (let before = 40; before <= 100; before += 3) {
        const white = sharp({ create: { width: 48, height: 48, channels: 3, background: '#fff' } });
        const file = await white.jpeg({ quality: before, chromaSubsampling }).toBuffer();
        // With some quantization tables white itself comes out a level darker.
        if ((await pixels(file)).some((level) => level !== 255)) continue;
        for (const quality of [20, 50, 75].filter((lower) => lower < before)) {
          const direct = recompress(file, quality);
          assert.ok(direct);
          const reference = await pixels(await throughPixels(file, quality));
          assert.ok(
            (await pixels(direct)).every((level, at) => level >= (reference[at] ?? 0)),
            `${before} to ${quality}`,
          );
        }
      }
    }
  });

  test('metadata is dropped', async () => {
    const file = await scene(80, 60)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg()
      .toBuffer();
    const direct = recompress(withSegment(file, 0xfe, Buffer.from('a comment')), 50);
    const { exif, comments } = await sharp(direct).metadata();
    assert.deepEqual([exif, comments], [undefined, undefined]);
  });

  test('what follows the end of the image is dropped', async () => {
    const file = await scene(80, 60).jpeg().toBuffer();
    assert.deepEqual(recompress(Buffer.concat([file, file]), 50), recompress(file, 50));
  });
});
