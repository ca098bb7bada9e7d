import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostPace } from '../../src/outbound/host-pace.ts';

const never = new AbortController().signal;
const SHOP = { host: 'shop.example', customer: 'a' };

/** A pace on a clock that is set, where waits end at once. */
function paced() {
  let time = 0;
  const waits: number[] = [];
  const pace = createHostPace(
    () => time,
    async (ms) => void waits.push(ms),
  );
  return {
    ...pace,
    pass(ms: number) {
      time += ms;
    },
    /** How long a download waits; negative where it is put off for that long. */
    async wait(perSecond?: number, target = SHOP): Promise<number> {
      waits.length = 0;
      try {
        await pace.next(target, perSecond, never);
        return waits[0] ?? 0;
      } catch (error) {
        const { code, countsAsTry, retry, retryAfterMs } = error as Record<string, unknown>;
        assert.deepEqual([code, countsAsTry, retry], ['http_429', false, true]);
        return -Number(retryAfterMs);
      }
    },
  };
}

test('as many downloads begin in a second as the operator says; the others are put off, each to its own time', async () => {
  const { wait, pass } = paced();
  const begun = [];
  for (let download = 0; download < 6; download++) begun.push(await wait(2));
  assert.deepEqual(begun, [0, 500, 1_000, -2_000, -2_500, -3_000]);
  pass(2_000);
  assert.equal(await wait(2), 0);
});

test('what the operator says holds for all customers together', async () => {
  const { wait } = paced();
  assert.deepEqual([await wait(1), await wait(1, { ...SHOP, customer: 'b' })], [0, 1_000]);
});

test('a host that says 429 is asked more slowly, and again faster with each picture that it gives', async () => {
  const { wait, pass, tooMany, succeeded } = paced();
  assert.equal(await wait(), 0);
  tooMany(SHOP);
  tooMany(SHOP);
  assert.deepEqual([await wait(), await wait()], [250, 500], 'refusals of downloads side by side count once');
  pass(2_000);
  tooMany(SHOP);
  assert.deepEqual([await wait(), await wait()], [500, 1_000]);
  pass(10_000);
  for (let pictures = 0; pictures < 200; pictures++) succeeded(SHOP);
  assert.deepEqual([await wait(), await wait()], [0, 0]);
});

test('one customer’s 429 slows no other customer down', async () => {
  const { wait, tooMany } = paced();
  tooMany(SHOP);
  assert.equal(await wait(undefined, { ...SHOP, customer: 'b' }), 0);
});

test('a 429 of a host that gives pictures out says nothing about the image', () => {
  const { tooMany, succeeded, pass } = paced();
  assert.equal(tooMany(SHOP), undefined);
  succeeded(SHOP);
  const [first = 0, second = 0] = [tooMany(SHOP), tooMany(SHOP)];
  assert.ok(second - first > 200, 'each comes back at a time of its own');
  pass(60_000);
  assert.equal(tooMany(SHOP), undefined, 'but not for ever');
});
