import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_OPTIONS } from '../../src/domain/options.ts';
import { readOption } from '../../src/domain/read-option.ts';
import { RENDITIONS_OPTION, wantedRenditions } from '../../src/domain/renditions.ts';
import { readUploadOptions } from '../../src/domain/upload-options.ts';

const read = (sent: unknown) => readOption('renditions', RENDITIONS_OPTION, sent);

describe('renditions', () => {
  test('are read from JSON as text or as values, each member as the field of an upload', () => {
    const thumb = { name: 'thumb', max_width: 320, format: 'jpeg' };
    assert.deepEqual(read('[{"name": "thumb", "max_width": "320", "format": "JPG"}]'), [thumb]);
    assert.deepEqual(read([thumb]), [thumb]);
    assert.equal(read(''), undefined);
  });

  test('take what they leave out from the upload', () => {
    const options = readUploadOptions(
      new Map<string, unknown>([
        ['quality', '70'],
        ['max_width', 1_600],
        ['renditions', '[{"name": "thumb", "max_width": 320}, {"name": "zoom", "quality": 90}]'],
      ]),
    );
    const [main, thumb, zoom] = wantedRenditions(options);
    assert.deepEqual(main, { name: 'main', options: { ...DEFAULT_OPTIONS, quality: 70, max_width: 1_600 } });
    assert.deepEqual(thumb, { name: 'thumb', options: { ...DEFAULT_OPTIONS, quality: 70, max_width: 320 } });
    assert.deepEqual(zoom, { name: 'zoom', options: { ...DEFAULT_OPTIONS, quality: 90, max_width: 1_600 } });
  });

  test('are refused with what is wrong with which', () => {
    const refused: [unknown, RegExp][] = [
      ['{"name": "thumb"}', /"renditions" must be a JSON list/],
      ['[{"name": "thumb"', /must be a JSON list/],
      [[{ max_width: 3 }], /"renditions\[0\]\.name"/],
      [[{ name: 'main' }], /not "main"/],
      [[{ name: '../x' }], /"renditions\[0\]\.name"/],
      [[{ name: 'a' }, { name: 'A' }], /"a" stands there twice/],
      [[{ name: 'a', quality: 101 }], /"renditions\[0\]\.quality" must be a whole number from 1 to 100/],
      [[{ name: 'a', widht: 3 }], /"renditions\[0\]\.widht" must be left out/],
      [Array.from({ length: 11 }, (_, at) => ({ name: `r${at}` })), /at most 10/],
    ];
    for (const [sent, message] of refused) {
      assert.throws(
        () => read(sent),
        (error: Error) => message.test(String((error as { detail?: string }).detail ?? error.message)),
        JSON.stringify(sent),
      );
    }
  });
});
