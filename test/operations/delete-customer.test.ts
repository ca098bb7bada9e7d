import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownerOfCustomer } from '../../src/domain/customer.ts';
import { deleteCustomer } from '../../src/operations/delete-customer.ts';
import { storeOn, withDatabase } from '../../src/operations/with-database.ts';
import { readConfig } from '../../src/runtime/config/config.ts';
import { openStorage } from '../../src/runtime/infrastructure.ts';
import { publish, settle } from '../support/rows.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('all of a customer goes, with its images, and nothing of others', async () => {
  const dataDir = temporaryFolder();
  const { config } = readConfig({ PIXMILL_DATA_DIR: dataDir }, '');
  assert.ok(config);
  const storage = await openStorage(config);
  const key = (letter: string) => `mug-1-${letter.repeat(20)}.jpg`;
  const [acme, other] = [ownerOfCustomer('acme'), ownerOfCustomer('other')];
  await withDatabase(config, async (database) => {
    const store = storeOn(database);
    for (const [letter, owner] of [
      ['a', acme],
      ['b', acme],
      ['c', other],
    ] as const) {
      const { number } = await publish(store, [['https://a/1']], { request: { owner } });
      writeFileSync(join(dataDir, letter), 'x');
      await storage.put(key(letter), join(dataDir, letter));
      await settle(store, number, [[0, key(letter)]]);
    }
  });
  assert.equal(await deleteCustomer(config, 'acme'), 2);
  const found = await Promise.all(['a', 'b', 'c'].map(async (letter) => (await storage.find(key(letter)))?.size));
  assert.deepEqual(found, [undefined, undefined, 1]);
  await withDatabase(config, async (database) => {
    const store = storeOn(database);
    assert.equal((await store.listRequests({ limit: 9 })).length, 1);
    const owners = (await store.usedDays({ from: 0, to: 99_999 })).map(({ owner }) => owner);
    assert.deepEqual(owners, [other]);
  });
  const env = { PIXMILL_DATA_DIR: dataDir };
  const again = await runCommand(['delete', '--customer', 'acme'], env);
  assert.deepEqual([again.exitCode, again.out], [0, 'Deleted of acme: 0 requests, and what was counted.\n'], again.err);
  const wrong = await runCommand(['delete', '--customer', 'A B'], env);
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.err, /^--customer must be the name before the colon in PIXMILL_API_KEYS/);
});
