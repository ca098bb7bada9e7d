import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { NOTES } from '../../../src/domain/catalogues/notes.ts';
import { MOST_RENDITIONS } from '../../../src/domain/renditions.ts';
import { asLine, readLines } from '../../../src/imaging/decoders/channel.ts';

async function read(...pieces: (string | Buffer)[]) {
  const source = new PassThrough();
  const values: unknown[] = [];
  const broken: string[] = [];
  readLines(
    source,
    (value) => values.push(value),
    (reason) => broken.push(reason),
  );
  for (const piece of pieces) source.write(piece);
  await new Promise(setImmediate);
  return { values, broken };
}

test('lines come as they were said, however they are cut', async () => {
  const euro = Buffer.from('"€"\n');
  const { values, broken } = await read('{"a":1}\nnu', 'll\n', euro.subarray(0, 2), euro.subarray(2));
  assert.deepEqual([values, broken], [[{ a: 1 }, null, '€'], []]);
});

test('an answer with all renditions and every note of each of them fits a line', async () => {
  const values = { format: 'JPEG XL', wanted: 'JPEG XL', used: 'JPEG XL', pages: 1e9, bytes: 1e9, bytesIn: 1e9 };
  const notes = Object.keys(NOTES).map((code) => ({ code, values }));
  const counts = { widthIn: 1e9, heightIn: 1e9, width: 1e9, height: 1e9, bytesIn: 1e9, bytesOut: 1e9 };
  const placeholder = { colour: '#7a5c3e', thumbhash: 'A'.repeat(36) };
  const result = { outcome: 'kept_original', formatIn: 'jpeg', formatOut: 'jpeg', ...counts, placeholder, notes };
  const answer = { answer: { results: Array(MOST_RENDITIONS + 1).fill(result) } };
  assert.deepEqual(await read(asLine(answer)), { values: [answer], broken: [] });
});

test('what is no JSON ends the reading, and so does a line without an end', async () => {
  for (const wrong of ['{\n', '\n', `"${'a'.repeat(64_001)}"\n`, 'a'.repeat(64_001)]) {
    const { values, broken } = await read('1\n', wrong, '2\n');
    assert.deepEqual(values, [1]);
    assert.equal(broken.length, 1);
  }
});
