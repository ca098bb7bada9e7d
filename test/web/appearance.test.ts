import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { openPage, picture, seriousFindings, startBrowser } from './page.ts';

const origin = await startOrigin({ '/mug.jpg': await photo(600, 400).jpeg({ quality: 95 }).toBuffer() });
const browser = await startBrowser();

const APPEARANCES = [
  { colorScheme: 'light', viewport: { width: 375, height: 700 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
] as const;

test('every screen, narrow and dark, fits and can be read', async () => {
  const pixmill = await startPixmill();
  let id = '';
  const screens = [
    { name: 'new', path: () => '/', sign: 'Drop your CSV here' },
    { name: 'guide', path: () => '/api-guide', sign: `curl -F file=@products.csv ${pixmill.url}/api/upload` },
    { name: 'request', path: () => `/requests/${id}`, sign: 'There is no file behind the link.' },
    { name: 'comparison', path: () => `/requests/${id}?image=2-1`, sign: 'Open the result' },
    { name: 'failure', path: () => `/requests/${id}?image=3-1`, sign: 'Nothing is known' },
    { name: 'requests', path: () => '/requests', sign: 'saved (' },
  ];
  const csv = `S. No.,Product Name,Input Image Urls\n1,Blue mug,${origin.url}/mug.jpg\n2,Lost lamp,${origin.url}/lost.jpg\n3,,${origin.url}/mug.jpg\n`;
  for (const appearance of APPEARANCES) {
    const { page, complaints } = await openPage(browser, appearance);
    const look = async (name: string, path: string, sign: string) => {
      await page.goto(pixmill.url + path);
      await page.getByText(sign).first().waitFor();
      await picture(page, `${appearance.colorScheme}-${name}`);
      assert.deepEqual(await seriousFindings(page), [], name);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(width <= appearance.viewport.width, `${name} is ${width} pixels wide`);
    };
    if (id === '') {
      await look('no-requests', '/requests', 'No requests yet');
      const answer = await pixmill.upload(csv, { webhook_url: `${origin.url}/hook`, on_error: 'skip' });
      id = ((await answer.json()) as { request_id: string }).request_id;
      await pixmill.finished(id);
    }
    for (const { name, path, sign } of screens) await look(name, path(), sign);
    assert.deepEqual(complaints, []);
  }
});

test('a long table is whole, and only what is in view is drawn', async () => {
  const pixmill = await startPixmill();
  const rows = Array.from({ length: 3000 }, (_, row) => `${row + 1},Mug ${row + 1},${origin.url}/mug.jpg`);
  const answer = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n${rows.join('\n')}\n`);
  const { request_id } = (await answer.json()) as { request_id: string };
  await pixmill.finished(request_id);
  const { page } = await openPage(browser);
  await page.goto(`${pixmill.url}/requests/${request_id}`);
  await page.getByRole('status').getByText('3,000 images', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Table of images' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('button', { name: 'Mug 3000', exact: true }).waitFor();
  assert.ok((await page.getByRole('row').count()) < 60);
  await page.getByLabel('Search by name or serial number').fill('mug 2999');
  await page.getByText('1 of 3,000 images').waitFor();
});

test('the first load is under 200 kB of script', async () => {
  const pixmill = await startPixmill();
  const { page } = await openPage(browser);
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (answer) => {
    if (answer.url().endsWith('.js')) scripts.push(answer.body());
  });
  await page.goto(pixmill.url, { waitUntil: 'networkidle' });
  const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(total > 0 && total < 200_000, `${total} bytes`);
});
