import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { readLines } from '../../../src/imaging/decoders/channel.ts';

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

test('what is no JSON ends the reading, and so does a line without an end', async () => {
  for (const wrong of ['{\n', '\n', `"${'a'.repeat(64_001)}"\n`, 'a'.repeat(64_001)]) {
    const { values, broken } = await read('1\n', wrong, '2\n');
    assert.deepEqual(values, [1]);
    assert.equal(broken.length, 1);
  }
});
