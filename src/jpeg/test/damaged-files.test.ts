import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { difference, pixels, recompress, scene } from './agreement.ts';
import { plainJpeg } from './plain-jpeg.ts';

describe('damaged files', () => {
  const sources = Promise.all([
    scene(96, 80).jpeg().toBuffer(),
    scene(96, 80).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    scene(96, 80)
      .raw()
      .toBuffer()
      .then((rgb) => plainJpeg(rgb, 96, 80, { h: 2, v: 1, restartInterval: 3 })),
    scene(96, 80).withMetadata({ orientation: 7 }).jpeg().toBuffer(),
  ]);

  test('a file that is cut off anywhere is not taken', async () => {
    for (const file of await sources) {
      for (let length = 0; length < file.length; length += 7) {
        assert.equal(recompress(file.subarray(0, length), 50), undefined, `${length} of ${file.length}`);
      }
    }
  });

  test('a file that is taken in spite of damage shows what libjpeg makes of the same bytes', async () => {
    let random = 1;
    const next = (below: number) => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (random >> 8) % below;
    };
    let taken = 0;
    for (let round = 0; round < 2_400; round++) {
      const file = Buffer.from((await sources)[round % 4] ?? '');
      const reach = round % 8 < 4 ? Math.min(600, file.length) : file.length;
      for (let flips = 1 + next(3); flips > 0; flips--) file[next(reach)] = next(256);
      const direct = recompress(file, 60);
      if (!direct) continue;
      taken++;
      const before = await sharp(file, { failOn: 'none' }).autoOrient().toColourspace('srgb').raw().toBuffer();
      const reference = await sharp(file, { failOn: 'none' }).autoOrient().jpeg({ quality: 60 }).toBuffer();
      const [lost, lostByReference] = [
        difference(await pixels(direct), before),
        difference(await pixels(reference), before),
      ];
      assert.ok(lost <= 1.3 * lostByReference + 3, `round ${round}: ${lost} levels lost instead of ${lostByReference}`);
    }
    assert.ok(taken > 20 && taken < 2_000, `${taken} taken`);
  });
});
