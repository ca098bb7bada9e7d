import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noteSentence } from '../../src/domain/catalogues/notes.ts';
import { CHANNEL_NAMES, type ChannelName, channelNotes } from '../../src/domain/channels.ts';
import type { ImageResult } from '../../src/domain/image.ts';
import { fittedSize } from '../../src/domain/picture-size.ts';
import { PRESETS } from '../../src/domain/presets.ts';
import { wantedRenditions } from '../../src/domain/renditions.ts';
import { readUploadOptions } from '../../src/domain/upload-options.ts';

function picture(changes: Partial<ImageResult>): ImageResult {
  const size = { widthIn: 1_200, heightIn: 1_200, width: 1_200, height: 1_200, bytesIn: 900_000, bytesOut: 200_000 };
  return { outcome: 'compressed', formatIn: 'png', formatOut: 'jpeg', ...size, ...changes };
}
const codes = (channel: ChannelName, changes: Partial<ImageResult>) =>
  channelNotes([channel], picture(changes)).map(({ code }) => code);

describe('checks', () => {
  test('name each published rule that a picture breaks, and what to do', () => {
    assert.deepEqual(codes('google-merchant', {}), []);
    assert.deepEqual(codes('google-merchant', { width: 1_200, height: 499 }), ['check_google_merchant_too_small']);
    assert.deepEqual(
      codes('google-merchant', { width: 9_000, height: 8_000, bytesOut: 16_000_001, formatOut: 'avif' }),
      ['check_google_merchant_too_many_pixels', 'check_google_merchant_too_many_bytes', 'check_google_merchant_format'],
    );
    assert.deepEqual(codes('amazon', { width: 999, height: 500 }), ['check_amazon_too_small']);
    assert.deepEqual(codes('amazon', { width: 10_001, formatOut: 'webp' }), [
      'check_amazon_too_large',
      'check_amazon_format',
    ]);
    assert.deepEqual(codes('ebay', { width: 499, height: 400 }), ['check_ebay_too_small']);
    const [note] = channelNotes(['amazon'], picture({ width: 640, height: 480 }));
    assert.ok(note);
    const sentence =
      'The picture has 640 × 480 pixels and 200000 bytes as JPEG; Amazon asks for 1000 on the longest side.';
    assert.equal(noteSentence(note), `${sentence} Upload a larger picture.`);
  });
});

describe('a preset', () => {
  test('sets its options together, and what is sent besides wins', () => {
    const options = readUploadOptions(
      new Map([
        ['preset', 'web'],
        ['quality', '90'],
      ]),
    );
    assert.deepEqual([options.format, options.quality, options.max_width], ['webp', 90, 1_600]);
    assert.deepEqual(readUploadOptions(new Map([['preset', 'amazon']])).checks, ['amazon']);
  });

  for (const channel of CHANNEL_NAMES) {
    test(`makes pictures that pass the checks of ${channel}, of any upload that is large enough`, () => {
      assert.ok(channel in PRESETS);
      const options = readUploadOptions(new Map([['preset', channel]]));
      assert.deepEqual(options.checks, [channel]);
      const [main] = wantedRenditions(options);
      for (const source of [
        { width: 12_000, height: 9_000 },
        { width: 1_000, height: 1_000 },
      ]) {
        const { width, height } = fittedSize(source, main?.options ?? options);
        const formatOut = options.format === 'same' ? 'avif' : options.format;
        const bytesOut = Math.min(width * height * 3, options.max_bytes ?? Number.POSITIVE_INFINITY);
        assert.deepEqual(codes(channel, { width, height, formatOut, bytesOut }), []);
      }
    });
  }
});
