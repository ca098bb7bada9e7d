import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHostSlots } from '../../src/outbound/host-slots.ts';

/** A download of a host whose name is the only one of its machine. */
const download = (host: string, more: object = {}) => ({
  host,
  port: 443,
  addresses: [],
  customer: '',
  priority: 0,
  limit: undefined,
  ...more,
});
const never = new AbortController().signal;

test('a busy host keeps none of the slots that others could use', async () => {
  const slots = createHostSlots(3, 2);
  await slots.acquire(download('busy', { priority: 0 }), never);
  const release = await slots.acquire(download('busy', { priority: 0 }), never);
  const order: string[] = [];
  const third = slots.acquire(download('busy', { priority: 1 }), never).then(() => order.push('busy'));
  await slots.acquire(download('free', { priority: 9 }), never).then(() => order.push('free'));
  release();
  await third;
  assert.deepEqual(order, ['free', 'busy']);
});

test('the lowest priority goes first, equals in their order', async () => {
  const slots = createHostSlots(1, 1);
  const first = await slots.acquire(download('a', { priority: 0 }), never);
  const order: string[] = [];
  const waiting = (
    [
      ['late', 5],
      ['early', 1],
      ['early too', 1],
    ] as const
  ).map(([name, priority]) =>
    slots.acquire(download('a', { priority: priority }), never).then((release) => {
      order.push(name);
      release();
    }),
  );
  first();
  first();
  await Promise.all(waiting);
  assert.deepEqual(order, ['early', 'early too', 'late']);
});

test('whoever stops waiting takes nothing', async () => {
  const slots = createHostSlots(1, 1);
  const release = await slots.acquire(download('a', { priority: 0 }), never);
  const stopping = new AbortController();
  const waiting = slots.acquire(download('a', { priority: 0 }), stopping.signal);
  stopping.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  release();
  await slots.acquire(download('a', { priority: 0 }), never);
});

test('tells downloads of a full host from others, and what the waiting ones wait for', async () => {
  const slots = createHostSlots(3, 2);
  const release = await slots.acquire(download('slow', { priority: 0 }), never);
  await slots.acquire(download('slow', { priority: 1 }), never);
  void slots.acquire(download('slow', { priority: 2 }), never);
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 0 },
      { host: 1, slot: 0 },
    ],
  );
  await slots.acquire(download('quick', { priority: 3 }), never);
  void slots.acquire(download('quick', { priority: 4 }), never);
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 1 },
      { host: 1, slot: 1 },
    ],
  );
  release();
  assert.deepEqual(
    [slots.running(), slots.waiting()],
    [
      { full: 2, open: 1 },
      { host: 0, slot: 1 },
    ],
  );
});

describe('one machine', () => {
  const at = (address: string, port = 443) => ({ addresses: [address], port });

  test('has no more downloads by 64 names than by one', async () => {
    const slots = createHostSlots(64, 8);
    const names = Array.from({ length: 64 }, (_, index) => download(`n${index}.example`, at('192.0.2.1')));
    for (const name of names) void slots.acquire(name, never);
    assert.deepEqual(slots.waiting(), { host: 56, slot: 0 });
    await slots.acquire(download('other.example', at('192.0.2.2')), never);
    await slots.acquire(download('n0.example:8443', at('192.0.2.1', 8_443)), never);
  });

  test('may be a whole IPv6 network', async () => {
    const slots = createHostSlots(64, 1);
    await slots.acquire(download('a.example', at('2001:db8:1:2::1')), never);
    void slots.acquire(download('b.example', at('2001:db8:1:2:ffff::9')), never);
    assert.deepEqual(slots.waiting(), { host: 1, slot: 0 });
    await slots.acquire(download('c.example', at('2001:db8:1:3::1')), never);
  });

  test('counts for each name with one of its addresses, and lets all go on that it held up', async () => {
    const slots = createHostSlots(64, 1);
    const release = await slots.acquire(download('both.example', { addresses: ['192.0.2.1', '192.0.2.2'] }), never);
    const held = [at('192.0.2.1'), at('192.0.2.2')].map((more, index) =>
      slots.acquire(download(`${index}.example`, more), never),
    );
    release();
    assert.equal((await Promise.all(held)).length, 2);
  });
});

test('a host with a limit of its own has that', async () => {
  const slots = createHostSlots(9, 2);
  for (let number = 0; number < 3; number++) await slots.acquire(download('strong.example', { limit: 3 }), never);
  void slots.acquire(download('strong.example', { limit: 3 }), never);
  assert.deepEqual(slots.waiting(), { host: 1, slot: 0 });
});

test('of several customers none holds the last slot; one alone may have all', async () => {
  const slots = createHostSlots(3, 9);
  const greedy = (number: number) => slots.acquire(download(`${number}.example`, { customer: 'greedy' }), never);
  const releases = [await greedy(1), await greedy(2), await greedy(3)];
  const small = slots.acquire(download('small.example', { customer: 'small' }), never);
  releases[0]?.();
  (await small)();
  void greedy(4);
  assert.deepEqual([slots.running().open, slots.waiting().slot], [2, 1]);
  await slots.acquire(download('small.example', { customer: 'small' }), never);
});

test('a customer with fewer downloads goes before one with many, whatever came first', async () => {
  const slots = createHostSlots(3, 3);
  const releases = [
    await slots.acquire(download('a.example', { customer: 'greedy' }), never),
    await slots.acquire(download('b.example', { customer: 'greedy' }), never),
    await slots.acquire(download('c.example', { customer: 'greedy' }), never),
  ];
  const order: string[] = [];
  const waiting = ['greedy', 'greedy', 'small'].map((customer, index) =>
    slots
      .acquire(download(`${index}.example`, { customer, priority: customer === 'small' ? 9 : 0 }), never)
      .then((release) => {
        order.push(customer);
        release();
      }),
  );
  await new Promise(setImmediate);
  for (const release of releases) release();
  await Promise.all(waiting);
  assert.deepEqual(order, ['small', 'greedy', 'greedy']);
});
