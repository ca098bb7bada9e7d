import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { isSrgb } from '../../src/imaging/srgb-profile.ts';
import { photo } from '../support/pictures.ts';
import { iccProfile } from '../support/profiles.ts';

async function profileOf(name: string): Promise<Buffer> {
  const { icc } = await sharp(await photo(8, 8).withIccProfile(name).png().toBuffer()).metadata();
  assert.ok(icc);
  return icc;
}

test('a profile is sRGB by its primaries and curves, whatever it is called', async () => {
  assert.ok(isSrgb(await profileOf('srgb')));
  assert.ok(isSrgb(iccProfile('srgb', 'srgb')));
  assert.ok(!isSrgb(await profileOf('p3')));
  for (const other of ['p3', 'adobe', 'prophoto', 'grey'] as const)
    assert.ok(!isSrgb(iccProfile(other, 'srgb')), other);
  assert.ok(!isSrgb(iccProfile('srgb', 2.2)));
});

test('a damaged profile is not sRGB', () => {
  const profile = iccProfile('srgb', 'srgb');
  for (let length = 0; length < profile.length; length += 5) assert.ok(!isSrgb(profile.subarray(0, length)));
  const manyTags = Buffer.from(profile);
  manyTags.writeUInt32BE(2 ** 32 - 1, 128);
  assert.ok(!isSrgb(manyTags));
});
