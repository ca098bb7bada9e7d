import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../src/observability/metrics.ts';

test('what cannot be looked up is left out, the last value too; everything else is still answered', async (t) => {
  const metrics = createMetrics({ version: '1', role: 'all' });
  let answers: (() => Promise<number>)[] = [async () => 7, async () => assert.fail('the database is away')];
  metrics.register(
    { name: 'pixmill_jobs', help: 'Jobs.', label: 'kind', read: async () => ({ shard: (await answers[0]?.()) ?? 0 }) },
    { name: 'pixmill_disk_free_bytes', help: 'Free.', read: async () => (await answers[0]?.()) ?? 0 },
  );
  const before = (await metrics.expose()).text;
  assert.match(before, /^pixmill_jobs\{kind="shard"\} 7$/m);
  assert.match(before, /^pixmill_disk_free_bytes 7$/m);

  answers = answers.slice(1);
  const away = (await metrics.expose()).text;
  assert.doesNotMatch(away, /^pixmill_(jobs|disk_free_bytes)/m);
  assert.match(away, /^pixmill_info\{version="1",role="all"\} 1$/m);

  const asked = Promise.withResolvers<void>();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  answers = [
    () => {
      asked.resolve();
      return new Promise(() => undefined);
    },
  ];
  const hanging = metrics.expose();
  await asked.promise;
  t.mock.timers.tick(5_000);
  assert.doesNotMatch((await hanging).text, /^pixmill_(jobs|disk_free_bytes)/m);
});
