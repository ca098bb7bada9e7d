import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Type } from 'typebox';
import { choice, flag, line, type Option, option, whole } from '../../src/domain/option.ts';
import { DEFAULT_OPTIONS, pictureOptions, storedOptions } from '../../src/domain/options.ts';
import { Problem } from '../../src/domain/problem.ts';
import { readOption } from '../../src/domain/read-option.ts';
import { HALVED, readUploadOptions } from '../../src/domain/upload-options.ts';

const words = { description: 'What it does.' };
const KINDS: Record<
  string,
  [definition: Option, taken: [sent: unknown, value: unknown][], refused: unknown[], sentence: string]
> = {
  'a whole number': [
    whole(1, 100, 50, words),
    [
      ['1', 1],
      [' 100 ', 100],
      [7, 7],
      ['', undefined],
      ['  ', undefined],
      [null, undefined],
    ],
    ['0', '101', '5.5', '1e1', 'high', 101, 5.5, true, [], {}],
    'a whole number from 1 to 100',
  ],
  'a choice': [
    choice(['same', 'jpeg'], 'same', { ...words, aliases: { jpg: 'jpeg' } }),
    [
      ['same', 'same'],
      [' JPEG ', 'jpeg'],
      ['Jpg', 'jpeg'],
    ],
    ['bmp', 'constructor', '__proto__', 1],
    'one of "same", "jpeg", "jpg"',
  ],
  'a choice of characters': [
    choice([',', '\t'], undefined, { ...words, aliases: { tab: '\t', '\\t': '\t' } }),
    [
      ['\t', '\t'],
      ['\\t', '\t'],
      ['TAB', '\t'],
      [' , ', ','],
      [' ', undefined],
    ],
    [';', ',,'],
    'one of ",", "\\t", "tab", "\\\\t"',
  ],
  'a switch': [
    flag(true, words),
    [
      ['true', true],
      ['ON', true],
      ['1', true],
      ['yes', true],
      ['off', false],
      ['0', false],
      ['no', false],
      [false, false],
    ],
    ['maybe', '2', 1],
    'true or false',
  ],
  'a line of text': [
    line(5, words),
    [
      [' Mai ', 'Mai'],
      ['überm', 'überm'],
      ['<b>', '<b>'],
    ],
    ['longer', 'a\nb', '\u0000', '\ud800', 5],
    'one line of at most 5 characters',
  ],
  'a colour': [
    option<string, '#ffffff'>(Type.String({ pattern: '^(#[0-9a-f]{6}|transparent)$' }), '#ffffff', {
      ...words,
      must: 'a colour such as #ffffff, or transparent',
    }),
    [
      ['#00ff00', '#00ff00'],
      ['transparent', 'transparent'],
    ],
    ['white', '#fff'],
    'a colour such as #ffffff, or transparent',
  ],
  'a list of words': [
    option<string[], undefined>(
      Type.Array(Type.Unsafe({ type: 'string', enum: ['amazon', 'ebay'] })),
      undefined,
      words,
    ),
    [
      ['amazon, EBAY', ['amazon', 'ebay']],
      ['["ebay"]', ['ebay']],
      [['ebay'], ['ebay']],
    ],
    ['etsy', '[1]', '[', 'amazon,etsy'],
    'a comma list, each one of "amazon", "ebay"',
  ],
  'objects in JSON': [
    option<object[], undefined>(
      Type.Array(
        Type.Object(
          { name: Type.String(), max_width: Type.Optional(Type.Integer({ minimum: 1 })) },
          { additionalProperties: false },
        ),
        { maxItems: 2 },
      ),
      undefined,
      words,
    ),
    [
      ['[{"name":"thumb","max_width":320}]', [{ name: 'thumb', max_width: 320 }]],
      [[{ name: 'a' }], [{ name: 'a' }]],
    ],
    [
      'thumb',
      '{}',
      '[{"name":"a","width":1}]',
      '[{"name":"a","max_width":0}]',
      '[{"name":"a"},{"name":"b"},{"name":"c"}]',
    ],
    'a list in JSON',
  ],
  'a number or a word': [
    option<number | 'auto', 50>(
      Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Literal('auto')]),
      50,
      words,
    ),
    [
      ['70', 70],
      ['Auto', 'auto'],
      [70, 70],
    ],
    ['0', 'automatic'],
    'a whole number from 1 to 100 or "auto"',
  ],
};

describe('an option is read by its schema alone, from a text or from JSON, and refused in one sentence', () => {
  for (const [kind, [definition, taken, refused, sentence]] of Object.entries(KINDS)) {
    test(kind, () => {
      for (const [sent, value] of taken)
        assert.deepEqual(readOption('it', definition, sent), value, JSON.stringify(sent));
      for (const sent of refused) {
        assert.throws(
          () => readOption('it', definition, sent),
          (error) =>
            error instanceof Problem && error.code === 'invalid_option' && error.detail === `"it" must be ${sentence}.`,
          JSON.stringify(sent),
        );
      }
    });
  }
});

test('what is not sent has its default, or is left out where there is none', () => {
  const nothing = readUploadOptions(new Map());
  assert.deepEqual(nothing, { ...DEFAULT_OPTIONS, on_error: 'refuse', dry_run: false });
  assert.equal(readUploadOptions(new Map([['scale', '']]), HALVED).scale, 50);
  assert.equal(readUploadOptions(new Map([['scale', '30']]), HALVED).scale, 30);
});

test('an option that did not exist when a request was stored has its default', () => {
  assert.deepEqual(storedOptions('{"quality":70,"scale":50}'), {
    ...DEFAULT_OPTIONS,
    quality: 70,
    scale: 50,
    on_error: 'refuse',
  });
});

test('a decoder gets what makes the picture, and nothing else', () => {
  assert.deepEqual(pictureOptions(readUploadOptions(new Map([['webhook_url', 'https://a.example']]))), DEFAULT_OPTIONS);
});
