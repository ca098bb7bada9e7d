import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchTime } from '../../../src/imaging/decoders/patience.ts';

/** Looks that come when the test says so. */
function watch(ms: number, cpu: () => number | undefined) {
  const state = { late: false, step: 0 };
  let look: () => void = () => undefined;
  const stop = watchTime(
    ms,
    cpu,
    () => {
      state.late = true;
    },
    (work, step) => {
      Object.assign(state, { step });
      look = work;
      return setInterval(() => undefined, 1_000_000);
    },
  );
  return {
    state,
    stop,
    look: (times: number) => {
      for (let time = 0; time < times; time++) look();
    },
  };
}

test('a process that works is late when its time is over, by looks and not by a clock that a pause sets forward', () => {
  let cpu = 0;
  const { state, look, stop } = watch(1_000, () => cpu++);
  look(1_000 / state.step - 1);
  assert.equal(state.late, false);
  look(1);
  assert.equal(state.late, true);
  stop();
});

test('a process that is stopped for a while uses up no time, one that stays so is ended', () => {
  let cpu = 0;
  const { state, look, stop } = watch(1_000, () => cpu);
  look(3_000 / state.step);
  assert.equal(state.late, false);
  cpu++;
  look(1);
  look(10_000 / state.step);
  assert.equal(state.late, true);
  stop();
});

test('where nothing is known of the CPU, time alone counts', () => {
  const { state, look, stop } = watch(1_000, () => undefined);
  look(1_000 / state.step);
  assert.equal(state.late, true);
  stop();
});
