import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWaitingImages } from '../../../src/imaging/decoders/waiting-images.ts';

const images = (customer: string, count: number) =>
  Array.from({ length: count }, (_, number) => ({ customer, name: `${customer}${number}` }));

test('decoders go to one customer after the other, and to the images of one in the order in which they came', () => {
  const waiting = createWaitingImages<{ customer: string; name: string }>(2);
  for (const image of [...images('a', 4), ...images('b', 2)]) waiting.add(image);
  const order = [];
  for (let image = waiting.next(); image; image = waiting.next()) {
    order.push(image.name);
    waiting.left(image);
  }
  assert.deepEqual(order, ['a0', 'b0', 'a1', 'b1', 'a2', 'a3']);
});

test('a customer who is alone has all decoders, and leaves one free as soon as there is another', () => {
  let now = 0;
  const waiting = createWaitingImages<{ customer: string; name: string }>(2, () => now);
  for (const image of images('a', 9)) waiting.add(image);
  const [first, second] = [waiting.next(), waiting.next()];
  assert.deepEqual([first?.name, second?.name], ['a0', 'a1']);
  const [other] = images('b', 1);
  assert.ok(first && second && other);
  waiting.left(first);
  waiting.add(other);
  assert.equal(waiting.next(), other);
  waiting.left(other);
  assert.equal(waiting.next(), undefined, 'the last one is for others');
  waiting.left(second);
  assert.equal(waiting.next()?.name, 'a2');
  now += 600_001;
  assert.equal(waiting.next()?.name, 'a3', 'the other is long gone');
});
