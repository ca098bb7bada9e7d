import { test } from 'node:test';
import { onlyInLongRun } from './long-run.ts';
import { type RunningPixmill, startPixmill } from './pixmill.ts';
import { startPostgres } from './postgres.ts';
import { S3_CREDENTIALS, startS3 } from './s3.ts';

/**
 * A promise that holds both ways that Pixmill runs: as one process on SQLite and files, and as an API and a worker of
 * their own on PostgreSQL and S3.
 * @param check gets what clients talk to
 * @param skip the reason not to run the second way, which takes a PostgreSQL of its own: left to the long run by itself
 */
export function inBothModes(
  promise: string,
  check: (pixmill: RunningPixmill) => Promise<void>,
  skip: string | false = onlyInLongRun,
): void {
  test(`${promise} (one process, SQLite, files)`, async () => check(await startPixmill()));
  test(`${promise} (API and worker, PostgreSQL, S3)`, { skip }, async () => {
    const [postgres, endpoint] = await Promise.all([startPostgres(), startS3()]);
    const env = {
      ...S3_CREDENTIALS,
      PIXMILL_DATABASE_URL: await postgres.newDatabase(),
      PIXMILL_STORAGE_URL: `s3://images?endpoint=${endpoint}`,
    };
    const start = (role: string) => startPixmill({ env: { ...env, PIXMILL_ROLE: role, PIXMILL_CONCURRENCY: '1' } });
    const [api] = await Promise.all([start('api'), start('worker')]);
    await check(api);
  });
}
