import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FORMATS, IMAGE_FORMATS, OUTPUT_FORMATS, WRITTEN_FORMATS } from '../../src/domain/formats.ts';
import { imageKey, parseImageKey, requestTag } from '../../src/domain/image.ts';

test('every key that an image gets is one that the storage takes, in every format that is written', () => {
  const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const rows = fc.record({ row: fc.nat(), name: fc.string({ unit: 'grapheme', maxLength: 300 }) });
  const key = fc.tuple(secrets, rows, fc.integer({ min: 1, max: 10_000 }), fc.constantFrom(...WRITTEN_FORMATS));
  fc.assert(
    fc.property(key, ([secret, row, position, format]) => {
      const parsed = parseImageKey(imageKey(secret, row, position, format));
      assert.deepEqual(parsed, { tag: requestTag(secret), format });
    }),
  );
});

test('the end of a file name tells its format', () => {
  const extensions = IMAGE_FORMATS.map((format) => FORMATS[format].extension);
  assert.equal(new Set(extensions).size, extensions.length);
  for (const extension of extensions) assert.match(extension, /^[a-z0-9]+$/);
});

test('an upload can ask for the formats that are offered, and for nothing that is not written', () => {
  assert.deepEqual(OUTPUT_FORMATS, ['same', 'jpeg', 'webp', 'avif', 'png']);
  for (const format of IMAGE_FORMATS.filter((each) => FORMATS[each].offered)) assert.ok(FORMATS[format].written);
});

test('what comes in a format that is not written has one to become', () => {
  for (const format of IMAGE_FORMATS) {
    const { written, becomes } = FORMATS[format];
    assert.equal(becomes !== undefined, !written, format);
  }
});
