import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'vite';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { openPage, startBrowser, withoutBrowser } from '../web/page.ts';

/** Runs in the browser. @returns what it saw, as text */
const PROGRAM = `
  const { Pixmill } = await import('/client.js');
  const pixmill = new Pixmill(SETTINGS);
  const csv = new File(['S. No.,Product Name,Input Image Urls\\n1,Mug,' + location.origin + '/a.jpg\\n'], 'shop.csv');
  const { request_id } = await pixmill.upload(csv, { format: 'webp' });
  let events = 0;
  const { status, file_name } = await pixmill.wait(request_id, { onProgress: () => events++ });
  const seen = [status, file_name, events > 0];
  for await (const { images } of pixmill.results(request_id)) seen.push(images[0].format_out);
  const refused = await pixmill.upload(new Blob(['nothing'])).catch((error) => error);
  seen.push(refused.code, (await (await pixmill.downloadCsv(request_id)).text()).includes('.webp'));
  return seen.join();`;

const browser = await startBrowser();

test('the client works in a browser, on the page of another origin', { skip: withoutBrowser(browser) }, async () => {
  const entry = join(import.meta.dirname, '../../src/client/index.ts');
  const lib = { entry, formats: ['es' as const], fileName: 'client' };
  const [built] = [await build({ configFile: false, logLevel: 'error', build: { lib, write: false } })].flat();
  assert.ok(built && 'output' in built);
  const [{ code }] = built.output;
  const shop = await startOrigin({
    '/': (_request, response) => response.setHeader('content-type', 'text/html').end('<title>Shop</title>'),
    '/client.js': (_request, response) => response.setHeader('content-type', 'text/javascript').end(code),
    '/a.jpg': await photo(80, 60).jpeg({ quality: 95 }).toBuffer(),
  });
  const key = 'browser-0123456789abcdef';
  const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS: key, PIXMILL_CORS_ORIGINS: shop.url } });
  const { page, complaints } = await openPage(browser);
  await page.goto(shop.url);
  const program = PROGRAM.replace('SETTINGS', JSON.stringify({ url: pixmill.url, key }));
  const seen = await page.evaluate(`(async () => {${program}})()`);
  assert.equal(seen, 'Completed,shop.csv,true,webp,missing_columns,true');
  assert.deepEqual(complaints, []);
});
