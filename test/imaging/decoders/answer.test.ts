import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from '../../../src/imaging/decoders/answer.ts';

const counts = { widthIn: 4, heightIn: 3, width: 4, height: 3, bytesIn: 900, bytesOut: 500 };
const result = { outcome: 'compressed', formatIn: 'png', formatOut: 'webp', ...counts, notes: [] };

test('of each picture only what a decoder may say comes through', () => {
  const placeholder = { colour: '#7a5c3e', thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j3A' };
  const notes = [{ code: 'hdr_removed' }, { code: 'first_frame_only', values: { format: 'JPEG', pages: 3 } }];
  const said = {
    ...result,
    key: '../../else',
    placeholder: { ...placeholder, more: 1 },
    notes: [...notes, { code: 'x' }],
  };
  const { results } = Object(readAnswer({ results: [said, result], more: 1 }, 1_000, 2));
  assert.deepEqual(results, [{ ...result, placeholder, notes }, result]);
});

test('a placeholder that is none is left out', () => {
  const thumbhash = '3OcRJYB4d3h/iIeHeEh3eIhw+j3A';
  for (const placeholder of [
    null,
    'red',
    { colour: 'red', thumbhash },
    { colour: ['#7a5c3e'], thumbhash: [thumbhash] },
  ]) {
    const { results } = Object(readAnswer({ results: [{ ...result, placeholder }] }, 1_000, 1));
    assert.deepEqual(results, [result]);
  }
});

test('one picture that cannot be believed refuses all, and so do more or fewer than were asked for', () => {
  const wrong = [
    [result],
    [result, result, result],
    [result, null],
    [result, { ...result, bytesOut: 1_001 }],
    [result, { ...result, width: 0 }],
    [result, { ...result, formatOut: 'exe' }],
    { 0: result, 1: result, length: 2 },
  ];
  for (const results of wrong) {
    assert.throws(() => readAnswer({ results }, 1_000, 2), { code: 'decoder_crashed' }, JSON.stringify(results));
  }
});
