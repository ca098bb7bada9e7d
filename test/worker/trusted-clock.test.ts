import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pino from 'pino';
import { startMaintenance } from '../../src/worker/maintenance.ts';
import { createTrustedClock } from '../../src/worker/trusted-clock.ts';
import { done, publish } from '../support/rows.ts';
import { sqliteStore } from '../support/sqlite-store.ts';
import { UNOBSERVED } from '../support/unobserved.ts';

const DAY_MS = 86_400_000;
const TODAY = 1_800_000_000_000;
const YEARS = 3_650 * DAY_MS;

/** A database in which a request was finished 40 days ago and another one today, and 30 days are kept. */
async function bench() {
  const { store, setTime } = await sqliteStore();
  const ids: string[] = [];
  for (const at of [TODAY - 40 * DAY_MS, TODAY]) {
    setTime(at);
    const { id, number } = await publish(store, [['https://a/1']]);
    await store.recordOutcomes([{ request: number, number: 0, attempts: 1, lease: 9, settlement: done(`k${at}`) }]);
    ids.push(id);
  }
  /** One turn of a process. @returns which requests are left, and what the log said */
  async function turn(steady: number, wall = steady) {
    setTime(wall);
    const lines: string[] = [];
    const over = Promise.withResolvers<void>();
    const maintenance = startMaintenance({
      store: {
        ...store,
        // What comes after the retention.
        takeTurn: async () => {
          over.resolve();
          return false;
        },
      },
      storage: { async *list() {}, find: async () => undefined, remove: async () => undefined },
      retentionDays: 30,
      removeOrphans: true,
      observer: UNOBSERVED,
      steadyNow: () => steady,
      wallNow: () => wall,
      log: pino(
        { level: 'error' },
        {
          write(line) {
            lines.push(JSON.parse(line).msg);
            if (line.includes('are not deleted for')) over.resolve();
          },
        },
      ),
    });
    await over.promise;
    await maintenance.stop();
    const left = await Promise.all(ids.map((id) => store.findRequest(id)));
    return { left: left.map(Boolean), lines };
  }
  return { store, turn };
}

describe('retention', () => {
  test('deletes what is old by a clock that goes on', async () => {
    const { turn } = await bench();
    assert.deepEqual(await turn(TODAY + DAY_MS / 2), { left: [false, true], lines: [] });
  });

  test('deletes nothing by a clock that is ten years ahead at the start, and says so', async () => {
    const { turn } = await bench();
    const { left, lines } = await turn(TODAY + YEARS);
    assert.deepEqual(left, [true, true]);
    assert.match(lines.join(), /3650 days ahead of the last entry.*not deleted for the next 7 days/);
    assert.deepEqual(await turn(TODAY), { left: [false, true], lines: [] }, 'set right');
  });

  test('does not follow a wall clock that leaps forward while it runs, and says so', async () => {
    const { turn } = await bench();
    const { left, lines } = await turn(TODAY, TODAY + YEARS);
    assert.deepEqual(left, [false, true]);
    assert.match(lines.join(), /set forward by 3650 days while Pixmill was running/);
  });

  test('does not take for old what was written by a clock that was set back', async () => {
    const { turn } = await bench();
    assert.deepEqual((await turn(TODAY, TODAY - 100 * DAY_MS)).left, [true, true]);
  });
});

test('a turn that was taken by a clock far ahead is not waited for', async () => {
  const { store } = await bench();
  const { store: other, setTime } = await sqliteStore();
  setTime(TODAY + YEARS);
  assert.equal(await other.takeTurn('sweep', DAY_MS), true);
  setTime(TODAY);
  assert.equal(await other.takeTurn('sweep', DAY_MS), true);
  assert.equal(await other.takeTurn('sweep', DAY_MS), false);
  assert.ok(await store.lastTime());
});

test('a gap is believed in the end: a machine that was off for a month deletes again after a week', async () => {
  const { store, turn } = await bench();
  await store.noteTime(TODAY);
  assert.deepEqual((await turn(TODAY + 20 * DAY_MS)).left, [true, true]);
  let now = TODAY + 20 * DAY_MS;
  const clock = createTrustedClock(
    store,
    () => now,
    () => now,
    pino({ level: 'silent' }),
  );
  assert.equal(await clock.look(), undefined);
  now += 7 * DAY_MS;
  assert.equal(await clock.look(), now);
});
