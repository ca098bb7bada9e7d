import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBacklog } from '../../src/worker/backlog.ts';

test('downloads wait while enough lies ready, and all go on when it is less', async () => {
  const backlog = createBacklog(2);
  await backlog.whenRoom('a');
  backlog.add('a');
  backlog.add('a');
  let entered = 0;
  const waiting = Array.from({ length: 3 }, () => backlog.whenRoom('a').then(() => entered++));
  await new Promise(setImmediate);
  assert.equal(entered, 0);
  // None of them comes to an `add`, as where every link is dead: there is no second `remove`.
  backlog.remove('a');
  await Promise.all(waiting);
  assert.equal(entered, 3);
});

test('the files of one customer, however many, keep no file of another from coming', async () => {
  const backlog = createBacklog(1);
  backlog.add('greedy');
  let entered = false;
  const waiting = backlog.whenRoom('greedy').then(() => {
    entered = true;
  });
  await backlog.whenRoom('other');
  backlog.add('other');
  backlog.remove('other');
  await new Promise(setImmediate);
  assert.equal(entered, false);
  backlog.remove('greedy');
  await waiting;
});
