import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import newman, { type NewmanRunSummary } from 'newman';
import { type Collection, postmanCollection } from '../../scripts/docs/postman-collection.ts';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FILE = join(import.meta.dirname, '../../docs/pixmill.postman_collection.json');
const collection = JSON.parse(readFileSync(FILE, 'utf8')) as Collection;

test('the Postman collection is what the API says of itself (npm run docs writes it anew)', async () => {
  const pixmill = await startPixmill();
  const openapi = (await (await pixmill.call('/openapi.json')).json()) as object;
  assert.deepEqual(JSON.parse(JSON.stringify(await postmanCollection(openapi))), collection);
});

inBothModes(
  'every call of the Postman collection works from top to bottom',
  async (pixmill) => {
    const origin = await startOrigin({ '/1.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
    const csv = join(temporaryFolder(), 'products.csv');
    writeFileSync(csv, `S. No.,Product Name,Input Image Urls\n1,SKU1,"${origin.url}/1.jpg,${origin.url}/lost.jpg"\n`);
    for (const { request } of collection.item) {
      for (const field of request?.body?.formdata ?? []) if (field.key === 'file') field.src = csv;
    }
    const summary = await new Promise<NewmanRunSummary>((resolve, reject) =>
      newman.run(
        {
          collection: collection as object,
          envVar: [],
          globals: {},
          environment: { values: [{ key: 'baseUrl', value: pixmill.url }] },
        },
        (error, done) => (error ? reject(error) : resolve(done)),
      ),
    );
    assert.deepEqual(
      summary.run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`),
      [],
    );
    assert.equal(summary.run.stats.assertions.total, collection.item.length);
  },
  false,
);
