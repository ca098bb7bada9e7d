import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { quarters, withSegment } from '../../../test/support/pictures.ts';
import { recompressJpeg } from '../recompress.ts';
import { assertAgrees, recompress, scene } from './agreement.ts';
import { plainJpeg } from './plain-jpeg.ts';

describe('left to the caller', () => {
  const refused: Record<string, () => Promise<Buffer>> = {
    CMYK: () => quarters().toColourspace('cmyk').jpeg().toBuffer(),
    'colours that are not YCbCr': async () =>
      withSegment(await quarters().jpeg().toBuffer(), 0xee, Buffer.from('Adobe\0\x64\0\0\0\0\0', 'latin1')),
    'a PNG': () => quarters().png().toBuffer(),
    nothing: async () => Buffer.alloc(0),
  };
  for (const [name, make] of Object.entries(refused)) {
    test(name, async () => assert.equal(recompress(await make(), 50), undefined));
  }

  test('a scan whose restart intervals are out of order, too short or too long', async () => {
    const file = plainJpeg(await scene(64, 64).raw().toBuffer(), 64, 64, { h: 2, v: 2, restartInterval: 4 });
    const marker = file.indexOf(Buffer.from([0xff, 0xd1]));
    const outOfOrder = Buffer.from(file);
    outOfOrder[marker + 1] = 0xd2;
    assert.equal(recompress(outOfOrder, 50), undefined);
    const twoBytesLess = Buffer.concat([file.subarray(0, marker - 2), file.subarray(marker)]);
    assert.equal(recompress(twoBytesLess, 50), undefined);
    const twoBytesMore = Buffer.concat([file.subarray(0, marker), Buffer.from([1, 1]), file.subarray(marker)]);
    assert.equal(recompress(twoBytesMore, 50), undefined);
  });

  test('a progressive picture whose last scan is missing', async () => {
    const file = await scene(64, 64).jpeg({ progressive: true }).toBuffer();
    const lastScan = file.lastIndexOf(Buffer.from([0xff, 0xda]));
    const short = Buffer.concat([file.subarray(0, lastScan), Buffer.from([0xff, 0xd9])]);
    assert.equal(recompress(short, 50), undefined);
  });

  test('a quality that is not below the one it has', async () => {
    const file = await scene(80, 60).jpeg({ quality: 50 }).toBuffer();
    for (const quality of [50, 51, 100]) assert.equal(recompress(file, quality), undefined);
    assert.ok(recompress(file, 49));
  });

  test('a profile that is not accepted as sRGB', async () => {
    const file = await scene(64, 64).withIccProfile('srgb').jpeg().toBuffer();
    const { icc } = await sharp(file).metadata();
    const shown: Buffer[] = [];
    const isSrgb = (profile: Buffer) => shown.push(profile) === 0;
    assert.equal(recompressJpeg(file, { quality: 50, maxPixels: 1_000_000, isSrgb }), undefined);
    assert.deepEqual(shown, [icc]);
    await assertAgrees(file, 50, true);
  });

  test('a profile for RGB in a grey picture', async () => {
    const grey = await scene(64, 64).toColourspace('b-w').jpeg().toBuffer();
    const profile = Buffer.from('ICC_PROFILE\0\x01\x01 for RGB', 'latin1');
    assert.ok(recompress(grey, 50));
    assert.equal(recompress(withSegment(grey, 0xe2, profile), 50, true), undefined);
  });

  test('a picture of more pixels than the caller allows', async () => {
    const file = await scene(80, 60).jpeg().toBuffer();
    const within = (maxPixels: number) => recompressJpeg(file, { quality: 50, maxPixels, isSrgb: () => false });
    assert.equal(within(80 * 60 - 1), undefined);
    assert.ok(within(80 * 60));
  });
});
