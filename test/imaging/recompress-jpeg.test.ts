import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp, { type JpegOptions, type Sharp } from 'sharp';
import { decodingTable, LOOKED_UP } from '../../src/jpeg/decoding-table.ts';
import { leaps } from '../../src/jpeg/leaps.ts';
import { recompressJpeg } from '../../src/jpeg/recompress.ts';
import { requantise } from '../../src/jpeg/requantise.ts';
import { decoders } from '../support/decoders.ts';
import { plainJpeg } from '../support/jpegs.ts';
import { photo, quarters, withSegment } from '../support/pictures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const recompress = (file: Buffer, quality: number) => recompressJpeg(file, quality, 1_000_000)?.bytes;

/** How the picture is written when it goes through pixels. */
const throughPixels = (file: Buffer, quality: number) =>
  sharp(file).autoOrient().jpeg({ quality, optimiseCoding: false }).toBuffer();

async function pixels(file: Buffer): Promise<Buffer> {
  return sharp(file, { failOn: 'warning' }).raw().toBuffer();
}

function difference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

/** A picture as smooth as photos are: its noise would drown what is to be compared. */
function scene(width: number, height: number): Sharp {
  return photo(Math.max(4, width >> 2), Math.max(4, height >> 2)).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}

/** Recompresses, and holds the result against the way through pixels. */
async function assertAgrees(file: Buffer, quality: number): Promise<Buffer> {
  const direct = recompress(file, quality);
  assert.ok(direct, 'not taken');
  const ordinary = await throughPixels(file, quality);
  const before = await sharp(file).autoOrient().raw().toBuffer();
  const [ours, theirs] = await Promise.all([pixels(direct), pixels(ordinary)]);
  const apart = difference(ours, theirs);
  const [lost, lostOrdinarily] = [difference(ours, before), difference(theirs, before)];
  assert.ok(
    apart <= 1 + 0.9 * lostOrdinarily,
    `${apart.toFixed(2)} apart where ${lostOrdinarily.toFixed(2)} are lost anyway`,
  );
  assert.ok(
    lost <= 0.3 + 1.2 * lostOrdinarily,
    `${lost.toFixed(2)} levels lost instead of ${lostOrdinarily.toFixed(2)}`,
  );
  return direct;
}

describe('the same picture as by way of pixels', () => {
  const kinds: Record<string, JpegOptions> = {
    '4:2:0': {},
    '4:4:4': { chromaSubsampling: '4:4:4' },
    'progressive 4:2:0': { progressive: true },
    'progressive 4:4:4': { progressive: true, chromaSubsampling: '4:4:4' },
    'of MozJPEG': { mozjpeg: true },
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
      [{ across: 2, down: 1 }, '4:2:2'],
      [{ across: 1, down: 2 }, '4:4:0'],
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

  test('restart markers change nothing', async () => {
    const [width, height] = [90, 70];
    const rgb = await scene(width, height).raw().toBuffer();
    for (const sampling of [
      { across: 2, down: 2 },
      { across: 1, down: 1 },
    ]) {
      const without = plainJpeg(rgb, width, height, sampling);
      await assertAgrees(without, 50);
      for (const restart of [1, 4, 9, 1000]) {
        const file = plainJpeg(rgb, width, height, { ...sampling, restart });
        assert.deepEqual(recompress(file, 50), recompress(without, 50));
      }
    }
  });

  test('pictures of any content', async () => {
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
      const [lost, ordinarily] = [difference(ours, await pixels(file)), difference(theirs, await pixels(file))];
      assert.ok(lost <= 1.3 * ordinarily + 1.5, `${lost} levels lost instead of ${ordinarily}`);
    };
    await fc.assert(fc.asyncProperty(picture, check), { numRuns: 100, seed: 1 });
  });
});

describe('what is kept and what is not', () => {
  test('white stays white', async () => {
    for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
      for (let before = 40; before <= 100; before += 3) {
        const white = sharp({ create: { width: 48, height: 48, channels: 3, background: '#fff' } });
        const file = await white.jpeg({ quality: before, chromaSubsampling }).toBuffer();
        // Some steps hit white, others hit something near.
        if ((await pixels(file)).some((level) => level !== 255)) continue;
        for (const quality of [20, 50, 75].filter((lower) => lower < before)) {
          const direct = recompress(file, quality);
          assert.ok(direct);
          const ordinary = await pixels(await throughPixels(file, quality));
          assert.ok(
            (await pixels(direct)).every((level, at) => level >= (ordinary[at] ?? 0)),
            `${before} to ${quality}`,
          );
        }
      }
    }
  });

  test('metadata is left behind', async () => {
    const file = await scene(80, 60)
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg()
      .toBuffer();
    const direct = recompress(withSegment(file, 0xfe, Buffer.from('a comment')), 50);
    const { exif, comments } = await sharp(direct).metadata();
    assert.deepEqual([exif, comments], [undefined, undefined]);
  });

  test('what hangs behind the end is left behind', async () => {
    const file = await scene(80, 60).jpeg().toBuffer();
    assert.deepEqual(recompress(Buffer.concat([file, file]), 50), recompress(file, 50));
  });
});

describe('left to the way through pixels', () => {
  const refused: Record<string, () => Promise<Buffer>> = {
    CMYK: () => quarters().toColourspace('cmyk').jpeg().toBuffer(),
    'a profile that is not sRGB': () => quarters().withIccProfile('p3').jpeg().toBuffer(),
    'colours that are not YCbCr': async () =>
      withSegment(await quarters().jpeg().toBuffer(), 0xee, Buffer.from('Adobe\0\x64\0\0\0\0\0', 'latin1')),
    'a PNG': () => quarters().png().toBuffer(),
    nothing: async () => Buffer.alloc(0),
  };
  for (const [name, make] of Object.entries(refused)) {
    test(name, async () => assert.equal(recompress(await make(), 50), undefined));
  }

  test('a scan that does not come to its end', async () => {
    const file = plainJpeg(await scene(64, 64).raw().toBuffer(), 64, 64, { across: 2, down: 2, restart: 4 });
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

  test('an sRGB profile is no reason', async () => {
    const file = await scene(64, 64).withIccProfile('srgb').jpeg().toBuffer();
    assert.ok((await sharp(file).metadata()).icc);
    await assertAgrees(file, 50);
  });
});

describe('pictures that say how they are to be turned', () => {
  /** EXIF with one directory of one entry, in either order of bytes. */
  function exif(
    little: boolean,
    { tag = 0x0112, type = 3, count = 1, value = 1, directory = 8, entries = 1 } = {},
  ): Buffer {
    const tiff = Buffer.alloc(26);
    tiff.write(little ? 'II' : 'MM', 'latin1');
    const short = (number: number, at: number) =>
      little ? tiff.writeUInt16LE(number, at) : tiff.writeUInt16BE(number, at);
    const long = (number: number, at: number) =>
      little ? tiff.writeUInt32LE(number, at) : tiff.writeUInt32BE(number, at);
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

  test('are taken where they are upright, in both orders of bytes', async () => {
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
    test(`${kind} is turned upright, whichever of the eight ways it says`, async () => {
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

  test('grey is turned as well, of any whole number of blocks', async () => {
    const plain = await scene(72, 40).toColourspace('b-w').jpeg({ quality: 92 }).toBuffer();
    for (const value of [2, 3, 4, 5, 6, 7, 8]) {
      await assertAgrees(withSegment(plain, 0xe1, exif(false, { value })), 50);
    }
  });

  test('are left to others where part of a block would come to lie at the left or at the top', async () => {
    for (const [width, height, exact] of [
      [40, 32, [4, 5, 6]],
      [32, 40, [2, 5, 8]],
      [33, 47, [5]],
    ] as const) {
      const plain = await scene(width, height).jpeg({ quality: 92 }).toBuffer();
      for (const value of [2, 3, 4, 5, 6, 7, 8]) {
        const turned = withSegment(plain, 0xe1, exif(true, { value }));
        if ((exact as readonly number[]).includes(value)) await assertAgrees(turned, 50);
        else assert.equal(recompress(turned, 50), undefined, `${width} × ${height}, ${value}`);
      }
    }
  });

  test('are left to others where it is not clear', async () => {
    const unclear = [
      { type: 4 },
      { count: 2 },
      { value: 0 },
      { value: 9 },
      { directory: 4_000 },
      { directory: 2 ** 31 },
      { entries: 9 },
    ];
    for (const little of [true, false]) {
      for (const settings of unclear) {
        assert.equal(recompress(await withExif(exif(little, settings)), 50), undefined, JSON.stringify(settings));
      }
    }
    const twice = withSegment(await withExif(exif(true)), 0xe1, exif(true));
    for (const odd of [await withExif(Buffer.from('Exif\0\0')), await withExif(exif(true).fill('X', 6, 8)), twice]) {
      assert.equal(recompress(odd, 50), undefined);
    }
  });
});

describe('damaged files', () => {
  const sources = Promise.all([
    scene(96, 80).jpeg().toBuffer(),
    scene(96, 80).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    scene(96, 80)
      .raw()
      .toBuffer()
      .then((rgb) => plainJpeg(rgb, 96, 80, { across: 2, down: 1, restart: 3 })),
    scene(96, 80).withMetadata({ orientation: 7 }).jpeg().toBuffer(),
  ]);

  test('a file that is cut off anywhere is not taken', async () => {
    for (const file of await sources) {
      for (let length = 0; length < file.length; length += 7) {
        assert.equal(recompress(file.subarray(0, length), 50), undefined, `${length} of ${file.length}`);
      }
    }
  });

  test('what is taken nevertheless shows what sharp makes of the same bytes', async () => {
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
      const ordinary = await sharp(file, { failOn: 'none' }).autoOrient().jpeg({ quality: 60 }).toBuffer();
      const [lost, ordinarily] = [difference(await pixels(direct), before), difference(await pixels(ordinary), before)];
      assert.ok(lost <= 1.3 * ordinarily + 3, `round ${round}: ${lost} levels lost instead of ${ordinarily}`);
    }
    assert.ok(taken > 20 && taken < 2_000, `${taken} taken`);
  });
});

test('bits that begin no code are no code, where several are looked up at once either', () => {
  // A single code, 00. What begins with other bits was once read as the end of a block.
  const table = decodingTable(Uint8Array.of(0, 1, ...new Array<number>(14).fill(0)), Uint8Array.of(0x01));
  const fine = new Uint8Array(64).fill(1);
  const { table: entries } = leaps(
    table,
    requantise(
      fine,
      fine.map(() => 40),
    ),
  );
  const begins = (bits: number) => bits >> (LOOKED_UP - 2) === 0;
  assert.ok(entries.every((entry, bits) => (entry !== 0) === begins(bits)));
});

test('the compiled codec is what its source compiles to', async () => {
  const folder = temporaryFolder();
  const output = join(folder, 'codec.wasm');
  const root = join(import.meta.dirname, '../..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, ...words] = scripts['build:codec'].split(' ');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  const where = 'src/jpeg/codec.wasm';
  execFileSync(process.execPath, [compiler, ...words.map((word: string) => (word === where ? output : word))], {
    cwd: root,
  });
  assert.deepEqual(readFileSync(output), readFileSync(join(root, where)), 'npm run build:codec has not been run');
});

describe('in the decoder process', () => {
  const { compress } = decoders(1);

  test('a photo takes the direct path, and tells its size', async () => {
    const file = await scene(321, 211).jpeg({ quality: 92 }).toBuffer();
    const result = await compress(file);
    assert.deepEqual([result.outcome, result.width, result.height], ['compressed', 321, 211]);
    assert.equal(result.bytesOut, recompress(file, 50)?.length);
  });
});
