import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ImageFailure } from '../../src/domain/failure.ts';
import { createHostResolver } from '../../src/outbound/host-resolver.ts';

const ANSWER = [{ address: '127.0.0.1', family: 4 }];
/** All times of these tests are multiples of it. */
const STEP_MS = 50;
const never = new AbortController().signal;

/** A resolver on a clock that is set. By itself no lookup answers: tests do it, by name. */
function resolver(t: TestContext, atOnce = 4) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let time = 0;
  /** Lookups that run, in the order in which they began. */
  const running = new Map<string, PromiseWithResolvers<typeof ANSWER>>();
  const begun: string[] = [];
  const made = createHostResolver({
    atOnce,
    lookupMs: 5_000,
    now: () => time,
    lookup: (host, signal) => {
      const answer = Promise.withResolvers<typeof ANSWER>();
      begun.push(host);
      running.set(host, answer);
      signal.addEventListener('abort', () => running.delete(host));
      return answer.promise;
    },
  });
  const settle = () => new Promise(setImmediate);
  return {
    ...made,
    begun,
    running: () => [...running.keys()],
    /** What becomes of a wait: `found`, `tried` where it counts as a try, or how long it is put off. */
    async outcome(host: string, request = 1, signal = never): Promise<string> {
      try {
        await made.resolve(host, { request, signal });
        return 'found';
      } catch (error) {
        assert.ok(error instanceof ImageFailure, String(error));
        assert.deepEqual([error.code, error.retry], ['dns_failed', true]);
        return error.countsAsTry ? 'tried' : `later, in ${error.retryAfterMs} ms`;
      }
    },
    async answer(host: string, error?: NodeJS.ErrnoException) {
      if (error) running.get(host)?.reject(error);
      else running.get(host)?.resolve(ANSWER);
      await settle();
    },
    /** The clock goes on, and no timer fires until it has. */
    async freeze(ms: number) {
      time += ms;
      t.mock.timers.tick(ms);
      await settle();
    },
    async pass(ms: number) {
      // Step by step: a timer that another one sets counts from there.
      for (const end = time + ms; time < end; ) {
        time += STEP_MS;
        t.mock.timers.tick(STEP_MS);
      }
      await settle();
    },
  };
}

const noSuchName = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });

describe('a name', () => {
  test('that many ask for is looked up once, and serves all who ask within seconds', async (t) => {
    const { outcome, answer, pass, begun } = resolver(t);
    const asked = Promise.all(Array.from({ length: 64 }, () => outcome('shop.example')));
    await answer('shop.example');
    assert.deepEqual(new Set(await asked), new Set(['found']));
    await pass(29_000);
    assert.equal(await outcome('shop.example'), 'found');
    assert.equal(begun.length, 1);
    await pass(1_000);
    const later = outcome('shop.example');
    await answer('shop.example');
    assert.deepEqual([await later, begun.length], ['found', 2]);
  });

  test('that does not exist fails at once, and is asked for anew', async (t) => {
    const { outcome, answer, begun } = resolver(t);
    for (const times of [1, 2]) {
      const asked = outcome('typo.example');
      await answer('typo.example', noSuchName);
      assert.deepEqual([await asked, begun.length], ['tried', times]);
    }
  });

  test('that is late with its answer costs nobody a try, and is found by those who come back', async (t) => {
    const { outcome, answer, pass, begun } = resolver(t);
    const asked = outcome('slow.example');
    await pass(1_500);
    assert.equal(await asked, 'later, in 3600 ms');
    await answer('slow.example');
    await pass(3_600);
    assert.deepEqual([await outcome('slow.example'), begun.length], ['found', 1]);
  });

  test('that nobody answers for costs all who came for it one try, and is asked for anew after that', async (t) => {
    const { outcome, pass, begun, running } = resolver(t);
    const asked = [outcome('dead.example'), outcome('dead.example')];
    await pass(1_500);
    assert.deepEqual(await Promise.all(asked), ['later, in 3600 ms', 'later, in 3600 ms']);
    await pass(3_000);
    assert.equal(await outcome('dead.example'), 'later, in 600 ms');
    await pass(500);
    assert.deepEqual(running(), [], 'the lookup is given up');
    // However late they come.
    await pass(60_000);
    assert.deepEqual([await outcome('dead.example'), begun.length], ['tried', 1]);
    await pass(4_000);
    assert.deepEqual([await outcome('dead.example'), begun.length], ['tried', 1]);
    await pass(1_000);
    const again = outcome('dead.example');
    await pass(150);
    assert.deepEqual([await again, begun.length], ['later, in 1000 ms', 2], 'with little patience');
  });

  test('costs nobody a try where the process stood still while it was asked for', async (t) => {
    const { outcome, answer, pass, freeze, begun } = resolver(t);
    const asked = outcome('shop.example');
    await freeze(30_000);
    await pass(50);
    assert.match(await asked, /^later/);
    const again = outcome('shop.example');
    await answer('shop.example');
    assert.deepEqual([await again, begun.length], ['found', 2], 'it is asked for anew');
  });

  test('that was found and is not answered for any more is good for five minutes', async (t) => {
    const { outcome, answer, pass } = resolver(t);
    const asked = outcome('shop.example');
    await answer('shop.example');
    assert.equal(await asked, 'found');
    for (const wait of [60_000, 60_000, 60_000]) {
      await pass(wait);
      const meanwhile = outcome('shop.example');
      await pass(1_500);
      assert.equal(await meanwhile, 'found');
      await pass(3_500);
    }
    await pass(110_000);
    const atLast = outcome('shop.example');
    await pass(1_500);
    assert.equal(await atLast, 'later, in 3600 ms');
  });

  test('that was found and is gone is gone', async (t) => {
    const { outcome, answer, pass } = resolver(t);
    const asked = outcome('shop.example');
    await answer('shop.example');
    assert.equal(await asked, 'found');
    await pass(60_000);
    const gone = outcome('shop.example');
    await answer('shop.example', noSuchName);
    assert.equal(await gone, 'tried');
  });
});

describe('whoever waits', () => {
  test('is let go as soon as its signal fires; others go on waiting', async (t) => {
    const { outcome, answer, resolve } = resolver(t);
    const stopping = new AbortController();
    const stopped = resolve('slow.example', { signal: stopping.signal });
    const other = outcome('slow.example');
    stopping.abort(new Error('stopped'));
    await assert.rejects(stopped, /stopped/);
    await answer('slow.example');
    assert.equal(await other, 'found');
    await assert.rejects(resolve('slow.example', { signal: stopping.signal }), /stopped/);
  });

  test('is let go at the end, and no lookup is left', async (t) => {
    const { outcome, running, close, resolve } = resolver(t, 1);
    const waiting = [outcome('a.example'), outcome('b.example')];
    close();
    assert.deepEqual(await Promise.all(waiting), ['later, in 1000 ms', 'later, in 10000 ms']);
    assert.deepEqual(running(), []);
    await assert.rejects(resolve('c.example', { signal: never }));
  });
});

test('a request that waits for many names waits for a moment only', async (t) => {
  const { outcome, pass, load } = resolver(t, 20);
  const many = Array.from({ length: 9 }, (_, index) => outcome(`n${index}.example`, 1));
  void outcome('slow.example', 2);
  await pass(150);
  assert.deepEqual(new Set(await Promise.all(many)), new Set(['later, in 1000 ms']));
  assert.deepEqual(load(), { begun: 1, late: 9, waiting: 0 });
});

test('whoever holds a slot meanwhile waits for a moment only', async (t) => {
  const { resolve, answer, outcome, pass, begun } = resolver(t);
  const patient = outcome('slow.example');
  const error = await resolve('slow.example', { signal: never, brief: true }).catch((error) => error);
  assert.deepEqual([error.code, error.countsAsTry, error.retryAfterMs], ['dns_failed', false, 1_000]);
  await answer('slow.example', noSuchName);
  assert.equal(await patient, 'tried');
  await pass(1_000);
  assert.deepEqual([await outcome('slow.example'), begun.length], ['tried', 1], 'and finds what it came to');
});

describe('where all places are taken', () => {
  test('the next name waits, and is put off without a try where no place gets free', async (t) => {
    const { outcome, answer, pass, running, load } = resolver(t, 2);
    void Promise.all([outcome('a.example'), outcome('b.example')]);
    const third = outcome('c.example');
    const fourth = outcome('d.example');
    assert.deepEqual(load(), { begun: 2, late: 0, waiting: 2 });
    await answer('a.example');
    assert.deepEqual(running(), ['b.example', 'c.example']);
    await pass(1_500);
    assert.equal(await third, 'later, in 3600 ms');
    assert.equal(await fourth, 'later, in 10000 ms');
    assert.deepEqual(load(), { begun: 0, late: 2, waiting: 0 });
  });

  test('by names that hang, the next one does not even wait', async (t) => {
    const { outcome, pass, load } = resolver(t, 4);
    const dead = [1, 2, 3].map((number) => outcome(`dead${number}.example`));
    await pass(1_500);
    await Promise.all(dead);
    void outcome('a.example');
    assert.deepEqual(load(), { begun: 1, late: 3, waiting: 0 });
    assert.equal(await outcome('b.example'), 'later, in 10000 ms');
  });

  test('by names of others that hang, a request waits whose own names are answered', async (t) => {
    const { outcome, answer, pass, load } = resolver(t, 6);
    const dead = [1, 1, 1, 2, 2, 2].map((request, index) => outcome(`dead${index}.example`, request));
    await pass(1_500);
    await Promise.all(dead);
    const shops = ['a', 'b', 'c'].map((name) => outcome(`${name}.example`, 3));
    assert.deepEqual(load(), { begun: 2, late: 4, waiting: 1 });
    for (const name of ['a', 'b', 'c']) await answer(`${name}.example`);
    assert.deepEqual(new Set(await Promise.all(shops)), new Set(['found']));
  });

  test('a request makes room for one that holds less, which costs it no try', async (t) => {
    const { outcome, answer, pass, running, begun } = resolver(t, 4);
    const dead = [1, 2, 3, 4].map((number) => outcome(`dead${number}.example`, 1));
    await pass(1_500);
    await Promise.all(dead);
    const others = ['a', 'b', 'c'].map((name) => outcome(`${name}.example`, 2));
    assert.deepEqual(running(), ['dead1.example', 'dead2.example', 'a.example', 'b.example']);
    await answer('a.example');
    assert.deepEqual(running(), ['dead1.example', 'dead2.example', 'b.example', 'c.example'], 'each has its half');
    await answer('b.example');
    await answer('c.example');
    assert.deepEqual(new Set(await Promise.all(others)), new Set(['found']));
    void outcome('dead4.example', 1);
    assert.equal(begun.at(-1), 'dead4.example', 'what made room is asked for anew');
  });

  test('names that hang make room for new ones of the same request, which costs them no try', async (t) => {
    const { outcome, answer, pass, running, load } = resolver(t, 4);
    const dead = [1, 2, 3, 4].map((number) => outcome(`dead${number}.example`));
    await pass(1_500);
    await Promise.all(dead);
    const shop = outcome('shop.example');
    assert.deepEqual(running(), ['dead1.example', 'dead2.example', 'dead3.example', 'shop.example']);
    await answer('shop.example');
    assert.equal(await shop, 'found');
    const more = outcome('dead5.example');
    await pass(1_500);
    await more;
    assert.deepEqual(load(), { begun: 0, late: 4, waiting: 0 });
    await pass(2_000);
    assert.deepEqual(running(), ['dead5.example'], 'the first ones are seen to the end');
    assert.deepEqual([await outcome('dead1.example'), await outcome('dead3.example')], ['tried', 'tried']);
  });

  test('the request that holds the fewest has the next free place', async (t) => {
    const { outcome, answer, running } = resolver(t, 3);
    const all = [
      outcome('a1.example', 1),
      outcome('b1.example', 2),
      outcome('a2.example', 1),
      outcome('a3.example', 1),
      outcome('b2.example', 2),
    ];
    assert.deepEqual(running(), ['a1.example', 'b1.example', 'a2.example']);
    await answer('a1.example');
    assert.deepEqual(running(), ['b1.example', 'a2.example', 'a3.example']);
    await answer('a2.example');
    await answer('a3.example');
    await answer('b1.example');
    await answer('b2.example');
    assert.deepEqual(new Set(await Promise.all(all)), new Set(['found']));
  });
});
