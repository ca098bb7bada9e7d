/** Whatever a result has lost or has otherwise than was asked for is noted, and nothing else is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { noteSentence } from '../../src/domain/catalogues/notes.ts';
import type { Options } from '../../src/domain/options.ts';
import { withNclx } from '../support/avif.ts';
import { decoders } from '../support/decoders.ts';
import { movingPng } from '../support/moving-png.ts';
import { animation, BLUE, distance, GREEN, photo, quarters, RED, withSegment } from '../support/pictures.ts';

const { compress } = decoders();

async function codes(bytes: Buffer, options: Partial<Options> = {}): Promise<string[]> {
  return (await compress(bytes, options)).notes?.map(({ code }) => code) ?? [];
}

const wide = () => sharp({ create: { width: 17_000, height: 8, channels: 3, background: 'teal' } });

describe('nothing is noted where nothing happened', () => {
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    test(format, async () => {
      const bytes = await photo(64, 48).toFormat(format, { quality: 95 }).toBuffer();
      assert.deepEqual(await codes(bytes), []);
      assert.deepEqual(await codes(bytes, { scale: 50 }), []);
    });
  }

  test('an animation that stays one', async () => {
    const gif = await animation('gif', [RED, GREEN, BLUE], [100, 100, 100], 0);
    assert.ok(!(await codes(gif, { format: 'webp' })).includes('first_frame_only'));
  });
});

describe('first_frame_only', () => {
  test('of an animation whose result cannot move', async () => {
    const gif = await animation('gif', [RED, GREEN, BLUE], [100, 100, 100], 0);
    for (const format of ['jpeg', 'png', 'avif'] as const) {
      assert.ok((await codes(gif, { format })).includes('first_frame_only'), format);
    }
  });

  test('of a moving PNG that is made smaller; kept as it is, it moves', async () => {
    const png = await movingPng([RED, GREEN, BLUE]);
    assert.ok((await codes(png, { scale: 50 })).includes('first_frame_only'));
    assert.ok(!(await codes(png)).includes('first_frame_only'));
  });
});

test('a moving PNG moves as WebP, with its frames one over the other, its times and its rounds', async () => {
  const { file, notes } = await compress(await movingPng([RED, GREEN, BLUE]), { format: 'webp', quality: 100 });
  assert.ok(!notes?.some(({ code }) => code === 'first_frame_only'));
  const { pages, delay, loop } = await sharp(file, { animated: true }).metadata();
  assert.deepEqual([pages, delay, loop], [3, [200, 200, 200], 3]);
  for (const [page, middle] of [RED, GREEN, BLUE].entries()) {
    const { data, info } = await sharp(file, { page }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
    assert.ok(distance(at(20, 15), middle) < 12, `frame ${page}: ${at(20, 15)}`);
    assert.ok(distance(at(2, 2), RED) < 12, `corner of frame ${page}: ${at(2, 2)}`);
  }
});

test('format_changed where the wanted format cannot hold it, also where the upload is kept', async () => {
  const jpeg = await wide().jpeg({ quality: 20 }).toBuffer();
  const { notes = [], formatOut } = await compress(jpeg, { format: 'webp' });
  assert.equal(formatOut, 'jpeg');
  assert.deepEqual(notes.filter(({ code }) => code === 'format_changed').map(noteSentence), [
    'The picture cannot be written as WebP, so it was written as JPEG.',
  ]);
});

describe('hdr_removed', () => {
  test('of PQ that becomes another format; kept as it is, it stays', async () => {
    const avif = await quarters(128, 64).avif({ quality: 60, effort: 4, bitdepth: 10 }).toBuffer();
    const hdr = withNclx(avif, { primaries: 9, transfer: 16 });
    assert.ok((await codes(hdr, { format: 'png' })).includes('hdr_removed'));
  });

  test('of a gain map behind a JPEG, whichever way it goes', async () => {
    const xmp = 'http://ns.adobe.com/xap/1.0/\0<x xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"/>';
    const jpeg = withSegment(await photo(64, 48).jpeg({ quality: 95 }).toBuffer(), 0xe1, Buffer.from(xmp));
    for (const wish of [{}, { scale: 50 }, { quality: 100 }, { format: 'webp' }] as const) {
      assert.deepEqual(
        (await codes(jpeg, wish)).filter((code) => code === 'hdr_removed'),
        ['hdr_removed'],
      );
    }
  });
});

test('colours_assumed where a profile is none', async () => {
  const jpeg = await photo(64, 48).jpeg({ quality: 95 }).toBuffer();
  const garbage = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), Buffer.alloc(300, 7)]);
  assert.ok((await codes(withSegment(jpeg, 0xe2, garbage), { format: 'png' })).includes('colours_assumed'));
});

describe('end_missing', () => {
  test('of a JPEG without its end marker, and of one that lacks a few of its last bytes', async () => {
    const jpeg = await photo(320, 240).jpeg({ quality: 90 }).toBuffer();
    for (const lack of [2, 100]) {
      const result = await compress(jpeg.subarray(0, jpeg.length - lack));
      assert.deepEqual(
        result.notes?.map(({ code }) => code),
        ['end_missing'],
      );
      assert.equal(readFileSync(result.file).subarray(-2).toString('hex'), 'ffd9');
    }
  });

  test('half of it is damage', async () => {
    const jpeg = await photo(320, 240).jpeg({ quality: 90 }).toBuffer();
    await assert.rejects(compress(jpeg.subarray(0, jpeg.length / 2)), { code: 'corrupt_image' });
  });
});

test('kept_larger_format where the wanted format takes more bytes than the upload', async () => {
  const webp = await photo(120, 90).webp({ quality: 5, effort: 6 }).toBuffer();
  assert.ok((await codes(webp, { format: 'png', quality: 100 })).includes('kept_larger_format'));
});

describe('what a file is instead of a picture that is taken is said', () => {
  const cases: [string, Buffer, string, RegExp][] = [
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj'), 'unsupported_format', /PDF document/],
    ['PSD', Buffer.concat([Buffer.from('8BPS\0\x01'), Buffer.alloc(60)]), 'unsupported_format', /Photoshop/],
    ['ZIP', Buffer.from('PK\x03\x04\x14\0\0\0'), 'not_an_image', /ZIP/],
  ];
  for (const [name, bytes, code, message] of cases) {
    test(name, () => assert.rejects(compress(bytes), { code, message }));
  }

  test('a JPEG of 12 bits', async () => {
    const jpeg = await photo(64, 48).jpeg().toBuffer();
    // Precision stands behind the marker and the length of the frame header.
    jpeg.writeUInt8(12, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 4);
    await assert.rejects(compress(jpeg), { code: 'unsupported_format', message: /12-bit JPEG/ });
  });
});
