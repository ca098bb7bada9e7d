import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import pg from 'pg';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { type RunningPixmill, startPixmill } from '../support/pixmill.ts';
import { startPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What `scripts/keep-release.ts` kept of a release. */
interface Kept {
  /** Ids by what became of them; `half` was still being worked on when the server was killed. */
  requests: Record<string, string>;
  /** By path; of `half` as far as it was. */
  answers: Record<string, unknown>;
  images: Record<string, { type: string; sha256: string }>;
}

const FIXTURES = join(import.meta.dirname, '../fixtures');
/** Where the links of unfinished images lead in the fixture, which nobody can serve. */
const NOWHERE = 'http://origin.example';

const postgres = await startPostgres();
const origin = await startOrigin({ '/late.jpg': await photo(120, 90).jpeg({ quality: 95 }).toBuffer() });

for (const release of readdirSync(FIXTURES).filter((name) => name.startsWith('release-'))) {
  const folder = join(FIXTURES, release);
  const kept = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Kept;
  const statement = `update images set input_url = replace(input_url, '${NOWHERE}', '${origin.url}') where status = 'pending'`;

  const start = async (databaseUrl?: string): Promise<RunningPixmill> => {
    const dataDir = temporaryFolder();
    cpSync(join(folder, 'data-folder'), dataDir, { recursive: true });
    const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'));
    database.exec(statement);
    database.close();
    const env = { PIXMILL_PUBLIC_URL: 'http://shop.example' };
    return startPixmill({ dataDir, env: databaseUrl ? { ...env, PIXMILL_DATABASE_URL: databaseUrl } : env });
  };
  const onPostgres = async () => {
    const address = await postgres.newDatabase();
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query(readFileSync(join(folder, 'postgres.sql'), 'utf8'));
    await client.query(`set search_path to public; ${statement}`);
    await client.end();
    return start(address);
  };

  describe(release, () => {
    test('a data folder of it is migrated, and all that it answered stays true (SQLite)', async () => {
      await staysTrue(await start(), kept);
    });
    test('a database of it is migrated, and all that it answered stays true (PostgreSQL)', async () => {
      await staysTrue(await onPostgres(), kept);
    });
  });
}

async function staysTrue(pixmill: RunningPixmill, { requests, answers, images }: Kept): Promise<void> {
  for (const [path, { type, sha256 }] of Object.entries(images)) {
    const answer = await pixmill.call(path);
    assert.equal(answer.headers.get('content-type'), type, path);
    assert.equal(
      createHash('sha256')
        .update(await answer.bytes())
        .digest('hex'),
      sha256,
      path,
    );
  }
  const half = requests.half ?? '';
  for (const [path, before] of Object.entries(answers)) {
    if (path.includes(half)) continue;
    const now = await pixmill.call(path);
    assert.equal(now.status, 200, path);
    if (typeof before === 'string') assert.equal(await now.text(), before, path);
    else assertHolds(await now.json(), before, path);
  }
  const status = await pixmill.finished(half);
  assert.equal(status.images_failed, 0);
  assert.equal(status.images_processed, status.images_total);
  // What was done before the kill is not done again.
  const details = `/api/details/${half}`;
  assertHolds(doneImages(await (await pixmill.call(details)).json()), doneImages(answers[details]), details);
}

type Details = { products: { images: { path: string; status: string }[] }[] };

function doneImages(details: unknown): Record<string, object> {
  const all = (details as Details).products.flatMap(({ images }) => images);
  return Object.fromEntries(all.filter(({ status }) => status === 'done').map((image) => [image.path, image]));
}

/** Members may be added to an answer; those that it had keep their values. */
function assertHolds(now: unknown, before: unknown, where: string): void {
  if (typeof before !== 'object' || before === null) {
    assert.equal(now, before, where);
    return;
  }
  if (Array.isArray(before)) assert.equal((now as unknown[]).length, before.length, where);
  for (const [name, value] of Object.entries(before)) {
    assertHolds((now as Record<string, unknown> | null)?.[name], value, `${where} ${name}`);
  }
}
