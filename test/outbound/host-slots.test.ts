import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostSlots } from '../../src/outbound/host-slots.ts';

const never = new AbortController().signal;

test('a busy host keeps none of the slots that others could use', async () => {
  const slots = createHostSlots(3, 2);
  await slots.take('busy', 0, never);
  const giveBack = await slots.take('busy', 0, never);
  const order: string[] = [];
  const third = slots.take('busy', 1, never).then(() => order.push('busy'));
  await slots.take('free', 9, never).then(() => order.push('free'));
  giveBack();
  await third;
  assert.deepEqual(order, ['free', 'busy']);
});

test('the lowest priority goes first, equals in their order', async () => {
  const slots = createHostSlots(1, 1);
  const first = await slots.take('a', 0, never);
  const order: string[] = [];
  const waiting = (
    [
      ['late', 5],
      ['early', 1],
      ['early too', 1],
    ] as const
  ).map(([name, priority]) =>
    slots.take('a', priority, never).then((giveBack) => {
      order.push(name);
      giveBack();
    }),
  );
  first();
  first();
  await Promise.all(waiting);
  assert.deepEqual(order, ['early', 'early too', 'late']);
});

test('whoever stops waiting takes nothing', async () => {
  const slots = createHostSlots(1, 1);
  const giveBack = await slots.take('a', 0, never);
  const stopping = new AbortController();
  const waiting = slots.take('a', 0, stopping.signal);
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  giveBack();
  await slots.take('a', 0, never);
});

test('tells downloads of a full host from others, and what the waiting ones wait for', async () => {
  const slots = createHostSlots(3, 2);
  const give = await slots.take('slow', 0, never);
  await slots.take('slow', 1, never);
  void slots.take('slow', 2, never);
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 0 },
      { host: 1, slot: 0 },
    ],
  );
  await slots.take('quick', 3, never);
  void slots.take('quick', 4, never);
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 1 },
      { host: 1, slot: 1 },
    ],
  );
  give();
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 1 },
      { host: 0, slot: 1 },
    ],
  );
});
