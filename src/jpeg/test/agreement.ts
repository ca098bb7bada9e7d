import assert from 'node:assert/strict';
import sharp, { type Sharp } from 'sharp';
import { photo } from '../../../test/support/pictures.ts';
import { recompressJpeg } from '../recompress.ts';

/** @param isSrgb what is said of a profile; none is accepted by default */
export function recompress(file: Buffer, quality: number, isSrgb = false): Buffer | undefined {
  return recompressJpeg(file, { quality, maxPixels: 1_000_000, isSrgb: () => isSrgb })?.bytes;
}

/** What Pixmill makes of a picture that is not taken. */
export function throughPixels(file: Buffer, quality: number): Promise<Buffer> {
  return sharp(file).autoOrient().jpeg({ quality, optimiseCoding: false }).toBuffer();
}

/** Samples of a file that libjpeg must not even warn about. */
export async function pixels(file: Buffer): Promise<Buffer> {
  return sharp(file, { failOn: 'warning' }).raw().toBuffer();
}

/** Mean absolute difference, in levels of 255. */
export function difference(a: Uint8Array, b: Uint8Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

/** A picture as smooth as photos are: noise would hide the differences that count. */
export function scene(width: number, height: number): Sharp {
  return photo(Math.max(4, width >> 2), Math.max(4, height >> 2)).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}

/** Recompresses, and compares the result with that of the way through pixels: what both show, and what each one loses. */
export async function assertAgrees(file: Buffer, quality: number, isSrgb = false): Promise<Buffer> {
  const direct = recompress(file, quality, isSrgb);
  assert.ok(direct, 'not taken');
  const reference = await throughPixels(file, quality);
  const before = await sharp(file).autoOrient().raw().toBuffer();
  const [ours, theirs] = await Promise.all([pixels(direct), pixels(reference)]);
  const apart = difference(ours, theirs);
  const [lost, lostByReference] = [difference(ours, before), difference(theirs, before)];
  assert.ok(
    apart <= 1 + 0.9 * lostByReference,
    `${apart.toFixed(2)} levels apart where ${lostByReference.toFixed(2)} are lost anyway`,
  );
  assert.ok(
    lost <= 0.3 + 1.2 * lostByReference,
    `${lost.toFixed(2)} levels lost instead of ${lostByReference.toFixed(2)}`,
  );
  return direct;
}
