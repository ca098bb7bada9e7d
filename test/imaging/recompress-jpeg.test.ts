import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { isSrgb } from '../../src/imaging/srgb-profile.ts';
import { recompressJpeg } from '../../src/jpeg/recompress.ts';
import { decoders } from '../support/decoders.ts';
import { photo } from '../support/pictures.ts';

const { compress } = decoders(1);
const recompressed = (file: Buffer) => recompressJpeg(file, { quality: 50, maxPixels: 1_000_000, isSrgb });

test('a photo is requantized in the decoder process, and its size is told', async () => {
  const file = await photo(321, 211).jpeg({ quality: 92 }).toBuffer();
  const result = await compress(file);
  assert.deepEqual([result.outcome, result.width, result.height], ['compressed', 321, 211]);
  assert.equal(result.bytesOut, recompressed(file)?.bytes.length);
});

test('with a profile that says sRGB it is requantized as well, with any other one its colours are converted', async () => {
  const srgb = await photo(64, 48).withIccProfile('srgb').jpeg({ quality: 92 }).toBuffer();
  assert.equal((await compress(srgb)).bytesOut, recompressed(srgb)?.bytes.length);
  const p3 = await photo(64, 48).withIccProfile('p3').jpeg({ quality: 92 }).toBuffer();
  assert.equal(recompressed(p3), undefined);
  const { file } = await compress(p3);
  const samples = (from: Buffer | string) => sharp(from).toColourspace('srgb').raw().toBuffer();
  const [shown, converted] = await Promise.all([samples(file), samples(p3)]);
  const apart = shown.reduce((sum, level, at) => sum + Math.abs(level - (converted[at] ?? 0)), 0) / shown.length;
  assert.ok(apart < 8, `${apart} levels apart`);
});
