import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { ImageFailure } from '../../src/domain/failure.ts';
import { decoders } from '../support/decoders.ts';
import { times } from '../support/long-run.ts';
import { animation, photo, pngChunk, RED, withChunks, withSegment } from '../support/pictures.ts';

const { compress, workDir, lost } = decoders();

async function codeOf(bytes: Uint8Array, using = compress): Promise<string> {
  try {
    await using(bytes);
    return 'done';
  } catch (error) {
    assert.ok(error instanceof ImageFailure, String(error));
    assert.equal(error.retry, ['decoder_crashed', 'timed_out'].includes(error.code));
    return error.code;
  }
}

const text = (content: string) => Buffer.from(content);
const jpeg = await photo().jpeg().toBuffer();
const png = await photo().png().toBuffer();
const webp = await photo().webp().toBuffer();
const gif = await photo().gif().toBuffer();
const avif = await photo().avif({ effort: 0 }).toBuffer();

/** A PNG that says it is this large and holds next to nothing. */
function claims(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.alloc(100_000));
  return Buffer.concat([
    png.subarray(0, 8),
    pngChunk('IHDR', header),
    pngChunk('IDAT', data),
    pngChunk('IEND', text('')),
  ]);
}

/** A GIF whose frames are tiny and many. */
function frames(count: number): Buffer {
  const head = Buffer.from('474946383961010001008000000000000000ff', 'hex');
  const frame = Buffer.from('21f904000a0000002c00000000010001000002024401003b'.slice(0, -2), 'hex');
  return Buffer.concat([head, ...Array<Buffer>(count).fill(frame), Buffer.from([0x3b])]);
}

describe('what is no picture of ours is refused', () => {
  const ftyp = (brand: string) => Buffer.concat([Buffer.from([0, 0, 0, 24]), text(`ftyp${brand}\0\0\0\0mif1${brand}`)]);
  const cases: [string, Uint8Array, string][] = [
    ['an empty file', text(''), 'not_an_image'],
    ['one byte', text('\xff'), 'not_an_image'],
    ['text', text('this is not a picture'), 'not_an_image'],
    ['a web page', text('<!doctype html><html><body>404</body></html>'), 'not_an_image'],
    ['JSON', text('{"error": "not found"}'), 'not_an_image'],
    ['a PDF', text('%PDF-1.7\n1 0 obj'), 'unsupported_format'],
    ['a ZIP', text('PK\x03\x04\x14\0\0\0'), 'not_an_image'],
    ['a script', text('#!/bin/sh\nrm -rf /'), 'not_an_image'],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), 'not_an_image'],
    ['a film', Buffer.concat([Buffer.from([0x1a, 0x45, 0xdf, 0xa3]), Buffer.alloc(64)]), 'not_an_image'],
    [
      'a TIFF that ends behind its signature',
      Buffer.from([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0, 0, 0]),
      'corrupt_image',
    ],
    [
      'a BMP of nothing',
      Buffer.concat([text('BM'), Buffer.alloc(12), Buffer.from([40]), Buffer.alloc(47)]),
      'corrupt_image',
    ],
    ['a web page that shows a drawing', text('<!doctype html><html><svg width="1"></svg></html>'), 'not_an_image'],
    ['PSD', Buffer.concat([text('8BPS\0\x01'), Buffer.alloc(60)]), 'unsupported_format'],
    [
      'an ICO of nothing',
      Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0]), Buffer.alloc(6), Buffer.from([22, 0, 0, 0])]),
      'corrupt_image',
    ],
    ['a HEIC brand before nothing', ftyp('heic'), 'corrupt_image'],
    ['a JPEG XL signature before nothing', Buffer.from([0xff, 0x0a]), 'corrupt_image'],
    [
      'JPEG 2000',
      Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 13, 10, 0x87, 10, 0, 0, 0, 20, ...text('ftypjp2 ')]),
      'unsupported_format',
    ],
    ['only the signature of a JPEG', jpeg.subarray(0, 3), 'corrupt_image'],
    ['only the signature of a PNG', png.subarray(0, 8), 'corrupt_image'],
    ['a JPEG signature before a PNG', Buffer.concat([jpeg.subarray(0, 3), png]), 'corrupt_image'],
    ['a PNG signature before text', Buffer.concat([png.subarray(0, 8), text('hello '.repeat(100))]), 'corrupt_image'],
    ['a WebP shell around nothing', text('RIFF\x20\0\0\0WEBPVP8 '), 'corrupt_image'],
    ['an AVIF brand before text', Buffer.concat([ftyp('avif'), text('hello')]), 'corrupt_image'],
  ];
  for (const [name, bytes, code] of cases)
    test(`${name}: ${code}`, async () => assert.equal(await codeOf(bytes), code));
});

describe('damaged pictures fail and harm nobody', () => {
  for (const [name, bytes] of Object.entries({ jpeg, png, webp, gif, avif })) {
    test(`${name} cut off anywhere`, async () => {
      const cuts = Array.from({ length: 20 }, (_, step) => Math.floor((bytes.length * (step + 0.5)) / 20.5));
      for (const cut of cuts) {
        const code = await codeOf(bytes.subarray(0, cut));
        // Browsers show a picture that lacks its last rows, and so do we, with a note.
        const mayBeDone = cut > bytes.length * 0.9 ? ['done'] : [];
        assert.ok(['corrupt_image', 'not_an_image', ...mayBeDone].includes(code), `${cut} of ${bytes.length}: ${code}`);
      }
    });
  }

  test('files with flipped bytes end as done or corrupt, in time, without a crash of ours', async () => {
    const sources = [jpeg, png, webp, gif, avif];
    let random = 7;
    const next = (below: number) => {
      random = (random * 1_103_515_245 + 12_345) & 0x7fffffff;
      return random % below;
    };
    const codes = new Set<string>();
    for (let round = 0; round < times(100, 300); round++) {
      const bytes = Buffer.from(sources[round % sources.length] ?? jpeg);
      const near = round % 2 === 0 ? 200 : bytes.length;
      for (let flips = 1 + next(10); flips > 0; flips--) bytes[next(Math.min(near, bytes.length))] = next(256);
      codes.add(await codeOf(bytes));
    }
    const known = ['done', 'corrupt_image', 'not_an_image', 'unsupported_format', 'too_many_pixels', 'decoder_crashed'];
    assert.deepEqual(
      [...codes].filter((code) => !known.includes(code)),
      [],
    );
    assert.ok(codes.has('done') && codes.has('corrupt_image'));
  });

  test('garbage in EXIF and colour profiles is survived', async () => {
    const garbage = Buffer.alloc(200, 0x77);
    assert.equal(await codeOf(withSegment(jpeg, 0xe1, Buffer.concat([text('Exif\0\0MM\0\x2a'), garbage]))), 'done');
    assert.equal(
      await codeOf(withSegment(jpeg, 0xe2, Buffer.concat([text('ICC_PROFILE\0\x01\x01'), garbage]))),
      'done',
    );
    assert.equal(await codeOf(withChunks(png, pngChunk('iCCP', Buffer.concat([text('x\0\0'), garbage])))), 'done');
    assert.equal(await codeOf(withChunks(png, pngChunk('eXIf', garbage))), 'done');
  });
});

describe('bombs', () => {
  test('pixels are counted before anything is decoded, over all frames', async () => {
    assert.equal(await codeOf(claims(20_000, 20_000)), 'too_many_pixels');
    assert.equal(await codeOf(claims(50_000_001, 1)), 'too_many_pixels');
    assert.equal(await codeOf(claims(0x7fffffff, 0x7fffffff)), 'corrupt_image');
    assert.equal(await codeOf(frames(5_000)), 'too_many_pixels');
    assert.equal(await codeOf(frames(900)), 'done');
  });

  test('a GIF with a huge canvas is as large as its frames', async () => {
    const moving = await animation('gif', [RED, RED], [10, 10], 0);
    moving.writeUInt16LE(60_000, 6);
    moving.writeUInt16LE(60_000, 8);
    const { width, height } = await compress(moving);
    assert.deepEqual([width, height], [40, 30]);
  });

  test('compressed text and profiles that unfold to megabytes do no harm', async () => {
    const zeros = deflateSync(Buffer.alloc(60_000_000));
    const bombs = Array.from({ length: 20 }, () => pngChunk('zTXt', Buffer.concat([text('k\0\0'), zeros])));
    assert.match(await codeOf(withChunks(png, ...bombs)), /done|corrupt_image/);
    assert.match(
      await codeOf(withChunks(png, pngChunk('iCCP', Buffer.concat([text('p\0\0'), zeros])))),
      /done|corrupt_image/,
    );
  });
});

describe('files that are two things at once come out as one', () => {
  for (const [name, bytes] of Object.entries({ jpeg, png, webp, gif, avif })) {
    test(name, async () => {
      const payload = text('<script>alert(1)</script>PK\x03\x04');
      const { file } = await compress(Buffer.concat([bytes, payload]), { quality: 100 });
      assert.ok(!readFileSync(file).includes('<script>'));
      assert.ok((await sharp(file).metadata()).width > 0);
    });
  }
});

describe('the processes', () => {
  const children = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return (
          /decoder-process/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) && parent(pid) === String(process.pid)
        );
      } catch {
        return false;
      }
    });
  const parent = (pid: string) => /^PPid:\s(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const linux = { skip: process.platform !== 'linux' };

  test('one that is killed fails its image as decoder_crashed, and the next image is done', linux, async () => {
    await compress(jpeg);
    const slow = await photo(4_000, 3_000).png({ compressionLevel: 1 }).toBuffer();
    const busy = [codeOf(slow), codeOf(slow)];
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const pid of children()) process.kill(Number(pid), 'SIGSEGV');
    assert.deepEqual(new Set(await Promise.all(busy)), new Set(['decoder_crashed']));
    assert.deepEqual(lost, ['crash', 'crash']);
    assert.equal(await codeOf(jpeg), 'done');
  });

  test('when all die at once, what waits is done by their successors', linux, async () => {
    const slow = await photo(4_000, 3_000).png({ compressionLevel: 1 }).toBuffer();
    const busy = [codeOf(slow), codeOf(slow)];
    const waiting = [codeOf(jpeg), codeOf(jpeg), codeOf(jpeg)];
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const pid of children()) process.kill(Number(pid), 'SIGKILL');
    assert.deepEqual(new Set(await Promise.all(busy)), new Set(['decoder_crashed']));
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['done']));
  });

  /** Kills what has no image, and waits until its end is known. */
  async function killIdle(): Promise<void> {
    for (const pid of children()) {
      process.kill(Number(pid), 'SIGKILL');
      while (existsSync(`/proc/${pid}`)) await new Promise(setImmediate);
    }
  }

  test('those that are killed between two images cost no image, and no try', linux, async () => {
    await Promise.all([compress(jpeg), compress(jpeg)]);
    lost.length = 0;
    await killIdle();
    assert.deepEqual(await Promise.all([codeOf(jpeg), codeOf(jpeg), codeOf(jpeg)]), ['done', 'done', 'done']);
    assert.deepEqual(new Set(lost), new Set(['idle']));
  });

  test('a stop ends also where one was killed between two images', linux, async () => {
    const others = decoders();
    await others.compress(jpeg);
    await killIdle();
    await others.stop();
  });

  test('they know nothing of our environment, and are nobody where we are root', linux, async () => {
    await compress(jpeg);
    for (const pid of children()) {
      const env = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((line) => line.startsWith('PATH=') || line.startsWith('HOME='));
      assert.deepEqual(env, []);
      if (process.getuid?.() !== 0) continue;
      const uid = () => /^Uid:\s(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      // One that takes the place of a killed one is still loading, and gets nothing before it is nobody.
      while (uid() !== '65534') await new Promise(setImmediate);
    }
  });

  test('nothing but inputs and what was made of them lies in the work folder', () => {
    assert.deepEqual(
      readdirSync(workDir).filter((name) => !/^(decoders|out-\d+)$/.test(name)),
      [],
    );
    assert.deepEqual(readdirSync(join(workDir, 'decoders')).sort(), ['in', 'out']);
    assert.deepEqual(readdirSync(join(workDir, 'decoders/out')), []);
  });
});

describe('limits of one image', () => {
  test('time: timed_out, and the next image is done', async () => {
    const impatient = decoders(1, { decodeMs: 1_200 });
    await impatient.ready();
    assert.equal(await codeOf(jpeg, impatient.compress), 'done');
    const slow = await photo(2_400, 2_400).png({ compressionLevel: 1 }).toBuffer();
    const slowly = { format: 'avif', effort: 'small' } as const;
    assert.equal(await codeOf(slow, (bytes) => impatient.compress(bytes, slowly)), 'timed_out');
    await impatient.ready();
    assert.equal(await codeOf(jpeg, impatient.compress), 'done');
    assert.deepEqual(impatient.lost, ['time_limit']);
  });

  test('memory: decoder_crashed, and the next image is done', async () => {
    const small = decoders(1, { decoderBytes: 120_000_000 });
    const large = await sharp({ create: { width: 7_000, height: 6_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    assert.equal(await codeOf(large, small.compress), 'decoder_crashed');
    assert.equal(await codeOf(jpeg, small.compress), 'done');
    assert.deepEqual(small.lost, ['memory']);
  });
});
