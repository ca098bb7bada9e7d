import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBacklog } from '../../src/worker/backlog.ts';

test('downloads wait while enough lies ready, and all go on when it is less', async () => {
  const backlog = createBacklog(2);
  await backlog.whenRoom();
  backlog.add();
  backlog.add();
  let entered = 0;
  const waiting = Array.from({ length: 3 }, () => backlog.whenRoom().then(() => entered++));
  await new Promise(setImmediate);
  assert.equal(entered, 0);
  // None of them comes to an `add`, as where every link is dead: there is no second `remove`.
  backlog.remove();
  await Promise.all(waiting);
  assert.equal(entered, 3);
});
