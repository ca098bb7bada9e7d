import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JpegOptions } from 'sharp';
import { withSegment } from '../../../test/support/pictures.ts';
import { assertAgrees, recompress, scene } from './agreement.ts';

describe('Exif orientation', () => {
  /** An Exif segment with one directory of one entry, in either byte order. */
  function exif(
    littleEndian: boolean,
    { tag = 0x0112, type = 3, count = 1, value = 1, directory = 8, entries = 1 } = {},
  ): Buffer {
    const tiff = Buffer.alloc(26);
    tiff.write(littleEndian ? 'II' : 'MM', 'latin1');
    const short = (number: number, at: number) =>
      littleEndian ? tiff.writeUInt16LE(number, at) : tiff.writeUInt16BE(number, at);
    const long = (number: number, at: number) =>
      littleEndian ? tiff.writeUInt32LE(number, at) : tiff.writeUInt32BE(number, at);
    short(42, 2);
    long(directory, 4);
    short(entries, 8);
    short(tag, 10);
    short(type, 12);
    long(count, 14);
    short(value, 18);
    return Buffer.concat([Buffer.from('Exif\0\0'), tiff]);
  }
  const file = scene(40, 30).jpeg({ quality: 92 }).toBuffer();
  const withExif = async (body: Buffer) => withSegment(await file, 0xe1, body);

  test('an upright picture is taken, in both byte orders', async () => {
    for (const body of [
      exif(true),
      exif(false),
      exif(true, { tag: 0x010f }),
      Buffer.from('http://ns.adobe.com/xap/1.0/'),
    ]) {
      assert.deepEqual(recompress(await withExif(body), 50), recompress(await file, 50));
    }
  });

  for (const [kind, options] of Object.entries<JpegOptions>({
    '4:2:0': {},
    '4:4:4': { chromaSubsampling: '4:4:4' },
    progressive: { progressive: true },
  })) {
    test(`${kind} comes out upright from each of the eight orientations`, async () => {
      for (const [width, height] of [
        [96, 80],
        [48, 208],
      ] as const) {
        const plain = await scene(width, height)
          .jpeg({ ...options, quality: 92 })
          .toBuffer();
        for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) {
          for (const quality of [20, 50, 80]) {
            await assertAgrees(withSegment(plain, 0xe1, exif(true, { value })), quality);
          }
        }
      }
    });
  }

  test('grey comes out upright from any whole number of blocks', async () => {
    const plain = await scene(72, 40).toColourspace('b-w').jpeg({ quality: 92 }).toBuffer();
    for (const value of [2, 3, 4, 5, 6, 7, 8]) {
      await assertAgrees(withSegment(plain, 0xe1, exif(false, { value })), 50);
    }
  });

  test('a partial MCU that would come to lie at the left or at the top is left to the caller', async () => {
    for (const [width, height, exact] of [
      [40, 32, [4, 5, 6]],
      [32, 40, [2, 5, 8]],
      [33, 47, [5]],
    ] as const) {
      const plain = await scene(width, height).jpeg({ quality: 92 }).toBuffer();
      for (const value of [2, 3, 4, 5, 6, 7, 8]) {
        const oriented = withSegment(plain, 0xe1, exif(true, { value }));
        if ((exact as readonly number[]).includes(value)) await assertAgrees(oriented, 50);
        else assert.equal(recompress(oriented, 50), undefined, `${width} × ${height}, ${value}`);
      }
    }
  });

  test('a segment that programs read in different ways is left to the caller', async () => {
    const ambiguous = [
      { type: 4 },
      { count: 2 },
      { value: 0 },
      { value: 9 },
      { directory: 4_000 },
      { directory: 2 ** 31 },
      { entries: 9 },
    ];
    for (const littleEndian of [true, false]) {
      for (const settings of ambiguous) {
        assert.equal(recompress(await withExif(exif(littleEndian, settings)), 50), undefined, JSON.stringify(settings));
      }
    }
    const twice = withSegment(await withExif(exif(true)), 0xe1, exif(true));
    for (const odd of [await withExif(Buffer.from('Exif\0\0')), await withExif(exif(true).fill('X', 6, 8)), twice]) {
      assert.equal(recompress(odd, 50), undefined);
    }
  });
});
