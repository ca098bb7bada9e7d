import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReceiverSlots } from '../../src/worker/receiver-slots.ts';

const NEVER = new AbortController().signal;

test('a host gets so many webhooks at once, in the order in which they came; another host is not waited for', async () => {
  const slots = createReceiverSlots(2);
  const first = await slots.acquire('a', NEVER);
  await slots.acquire('a', NEVER);
  const order: number[] = [];
  const third = slots.acquire('a', NEVER).then((release) => {
    order.push(3);
    return release;
  });
  const fourth = slots.acquire('a', NEVER).then(() => order.push(4));
  await slots.acquire('b', NEVER);
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  first();
  (await third)();
  await fourth;
  assert.deepEqual(order, [3, 4]);
});

test('who gives up waiting leaves the slot to the next', async () => {
  const slots = createReceiverSlots(1);
  const release = await slots.acquire('a', NEVER);
  const stop = new AbortController();
  const given = slots.acquire('a', stop.signal);
  const next = slots.acquire('a', NEVER);
  stop.abort(new Error('stopped'));
  await assert.rejects(given, /stopped/);
  release();
  (await next)();
  await slots.acquire('a', NEVER);
});
