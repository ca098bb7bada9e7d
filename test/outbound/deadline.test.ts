import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createDeadline } from '../../src/outbound/deadline.ts';

const never = new AbortController().signal;

/** A deadline on a clock that is set. */
function deadline(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let time = 0;
  const made = createDeadline(never, () => time);
  return {
    ...made,
    pass(ms: number) {
      for (const end = time + ms; time < end; ) {
        time += 50;
        t.mock.timers.tick(50);
      }
    },
    /** The clock goes on, and the timers that are due fire late, once. */
    freeze(ms: number) {
      time += ms;
      t.mock.timers.tick(500);
    },
  };
}

test('time that is up ends the work', (t) => {
  const { within, pass, signal, stalled } = deadline(t);
  within('all', 10_000);
  pass(9_950);
  assert.equal(signal.aborted, false);
  pass(50);
  assert.equal(signal.reason.code, 'timed_out');
  assert.equal(stalled(), false);
});

test('time in which the process stood still does not count, and is known', (t) => {
  const { within, pass, freeze, signal, stalled, clear } = deadline(t);
  within('all', 10_000);
  pass(4_000);
  freeze(30_000);
  assert.equal(signal.aborted, false);
  assert.equal(stalled(), true);
  pass(5_000);
  assert.equal(clear('all'), 500);
});

test('what fails before the late timer fires is known to have met a standstill, too', (t) => {
  const { within, stalled, clear } = deadline(t);
  within('all', 10_000);
  let now = 0;
  const other = createDeadline(never, () => now);
  other.within('all', 10_000);
  now = 30_000;
  assert.deepEqual([stalled(), other.stalled()], [false, true]);
  other.clear('all');
  assert.equal(other.stalled(), true);
  clear('all');
});

test('what is left of a phase can be used up later', (t) => {
  const { within, pass, clear } = deadline(t);
  within('first byte', 1_000);
  within('all', 5_000);
  pass(1_200 - 250);
  clear('first byte');
  const left = clear('all');
  assert.equal(left, 4_050);
  within('all', left);
  pass(4_000);
  assert.equal(clear('all'), 50);
});
