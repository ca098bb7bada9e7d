import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { workbook } from '../support/workbook.ts';
import { openPage, picture, seriousFindings, startBrowser, withoutBrowser } from './page.ts';

const browser = await startBrowser();
const skip = withoutBrowser(browser);
const pixmill = await startPixmill();
let mended = false;
let release: () => void = () => undefined;
const jpeg = await photo(900, 600).jpeg({ quality: 95 }).toBuffer();
const origin = await startOrigin({
  '/mug.jpg': jpeg,
  '/chair.png': await photo(400, 400).png().toBuffer(),
  '/dot.jpg': await photo(300, 300).jpeg({ quality: 8 }).toBuffer(),
  '/late.jpg': (_request, response) => {
    if (mended) response.end(jpeg);
    else response.writeHead(404).end();
  },
  '/held.jpg': (_request, response) => {
    release = () => response.end(jpeg);
  },
  '/slow.jpg': ({ headers }, response) => {
    // Pixmill waits for it until its request is cancelled; the page, which shows it too, gets it at once.
    if (!headers['user-agent']?.startsWith('Pixmill')) response.end(jpeg);
  },
});

const csv = (...rows: string[]) => Buffer.from(['S. No.,Product Name,Input Image Urls', ...rows, ''].join('\n'));
const GOOD = csv(
  `1,Blue mug,"${origin.url}/mug.jpg,${origin.url}/mug.jpg?2"`,
  `2,Oak chair,${origin.url}/chair.png`,
  `3,Red dot,${origin.url}/dot.jpg`,
);
const file = (buffer: Buffer, name = 'products.csv') => ({ name, mimeType: 'text/csv', buffer });

test('from dropping a CSV to taking the results home', { skip }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await page.goto(pixmill.url);
  await picture(page, 'new');

  await page.getByRole('button', { name: /Options/ }).click();
  await page.getByAltText('Example: Quality 50').waitFor();
  await page.getByLabel('Effort').waitFor();
  await picture(page, 'options');
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole('button', { name: /Options/ }).click();

  // A drop as the browser itself makes one.
  const dropped = await page.evaluateHandle(`
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(GOOD.toString())}], 'products.csv', { type: 'text/csv' }));
    transfer`);
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
  const check = page.getByRole('region', { name: 'Check of the CSV' });
  await check.getByText('Everything can be read.').waitFor();
  assert.match(await check.innerText(), /Images\n+4/);
  await check.getByRole('cell', { name: 'Oak chair' }).waitFor();
  await picture(page, 'preflight');
  assert.deepEqual(await seriousFindings(page), []);

  await check.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  await page.getByText('Completed', { exact: true }).waitFor();
  await page.getByText('Original kept: it was smaller').waitFor();
  await picture(page, 'request');
  assert.deepEqual(await seriousFindings(page), []);

  await page.getByRole('button', { name: 'Blue mug' }).first().click();
  const slider = page.getByRole('slider', { name: 'How much of the original is shown' });
  await slider.focus();
  await slider.press('ArrowRight');
  assert.equal(await slider.inputValue(), '51');
  await page.getByText('JPEG, 900 × 600').first().waitFor();
  await picture(page, 'comparison');
  assert.match(page.url(), /image=2-1/);
  await page.goBack();
  await slider.waitFor({ state: 'detached' });

  for (const [name, pattern] of [
    ['Download CSV', /\.csv$/],
    ['Images as ZIP', /\.zip$/],
    ['Failures CSV', /\.csv$/],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name, exact: true }).click(),
    ]);
    assert.match(download.suggestedFilename(), pattern);
    assert.equal(await download.failure(), null);
  }

  await page.getByText('Kept original', { exact: true }).click();
  await page.getByText('1 of 4 images').waitFor();
  await page.reload();
  await page.getByText('1 of 4 images').waitFor();
  assert.deepEqual(complaints, []);
});

test('where links are signed, the page shows its previews with them', { skip }, async () => {
  const signing = await startPixmill({ env: { PIXMILL_SIGNED_URLS: '1h' } });
  const { page, complaints } = await openPage(browser);
  const { request_id } = (await (await signing.upload(GOOD.toString())).json()) as { request_id: string };
  await page.goto(`${signing.url}/requests/${request_id}`);
  const preview = page.locator('.column-after img').first();
  await preview.waitFor();
  assert.match((await preview.getAttribute('src')) ?? '', /^\/api\/image\/blue-mug-1-\w+\.jpg\?expires=\d+&signature=/);
  const image = "document.querySelector('.column-after img')";
  assert.equal(await page.evaluate(`${image}.decode().then(() => ${image}.naturalWidth)`), 900);
  assert.deepEqual(complaints, []);
});

test('rows that cannot be used are shown, and can be left out', { skip }, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(pixmill.url);
  await page.getByLabel('CSV file').setInputFiles(file(csv('1,Mug,', `2,Oak chair,${origin.url}/chair.png`)));
  await page.getByText('Some rows cannot be used.').waitFor();
  await page.getByRole('table', { name: 'Bad rows' }).getByRole('cell', { name: '2', exact: true }).waitFor();
  await picture(page, 'bad-rows');
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByRole('button', { name: 'Start without the bad rows' }).click();
  await page.getByText('Completed', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByLabel('CSV file').setInputFiles(file(Buffer.from('a,b\n1,2\n'), 'other.csv'));
  await page.getByText('other.csv cannot be used as it is').waitFor();
  await page.getByText('CSV validation failed').waitFor();
  await picture(page, 'not-usable');
  assert.deepEqual(complaints, []);
});

test('rows that are left out are told of before, while and after the rest is done, with the way to get them', {
  skip,
}, async () => {
  const { page, complaints } = await openPage(browser, { viewport: { width: 375, height: 700 } });
  const look = async (name: string) => {
    await picture(page, name);
    assert.deepEqual(await seriousFindings(page), [], name);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= 375, `${name} is ${width} pixels wide`);
  };
  const links = ['/mug.jpg', '/chair.png', '/held.jpg'];
  const rows = Array.from({ length: 199 }, (_, row) => `${row + 1},Mug,${links[row] ? origin.url + links[row] : ''}`);
  await page.goto(pixmill.url);
  await page.getByLabel('CSV file').setInputFiles(file(csv(...rows)));
  await page.getByText('196 rows cannot be used').waitFor();
  await page.getByText('196 rows are then left out, and only 3 products are worked on').waitFor();
  await look('left-out-before');
  await page.getByRole('button', { name: 'Start without the bad rows' }).click();

  await page.getByText('Processing', { exact: true }).waitFor();
  const alert = page.getByRole('alert');
  await alert.getByText('196 rows were left out').waitFor();
  await look('left-out-running');
  release();
  await page.getByText('Completed', { exact: true }).waitFor();
  await alert.getByText('neither among the images below nor in the result').waitFor();
  await page.getByText('3 products, 3 images, 196 rows left out').waitFor();
  await look('left-out-after');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    alert.getByRole('link', { name: 'Download the rows that were left out' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'products-errors.csv');
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  assert.deepEqual([lines.length, lines[1]?.includes('missing_images')], [197, true]);

  await page.goto(`${pixmill.url}/requests`);
  await page.getByText('196 rows were left out').waitFor();
  await look('left-out-list');
  assert.deepEqual(complaints, []);
});

test('a table of nothing but links is understood, and the page says what stands for numbers and names', {
  skip,
}, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(pixmill.url);
  await page.getByLabel('CSV file').setInputFiles(file(Buffer.from(`Image URL\n${origin.url}/mug.jpg\n`)));
  const check = page.getByRole('region', { name: 'Check of the CSV' });
  await check.getByText('Everything can be read.').waitFor();
  await check
    .getByText('Rows are numbered, the file name of the first link stands for the name, images from')
    .waitFor();
  await check.getByRole('cell', { name: 'mug', exact: true }).waitFor();
  await check.getByRole('table', { name: 'Warnings' }).getByText('its rows are numbered from 1').waitFor();
  assert.deepEqual(await seriousFindings(page), []);
  assert.deepEqual(complaints, []);
});

test("a shop's export as a workbook is understood, and comes back ready to be imported", { skip }, async () => {
  const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  const rows = [
    ['Handle', 'Title', 'Image Src', 'Variant Image'],
    ['blue-mug', 'Blue mug', `${origin.url}/mug.jpg`, ''],
    ['blue-mug', '', `${origin.url}/chair.png`, ''],
    ['blue-mug', '', '', ''],
  ];
  await page.goto(pixmill.url);
  await page.getByLabel('CSV file').setInputFiles(file(workbook(rows), 'export.xlsx'));
  const check = page.getByRole('region', { name: 'Check of the CSV' });
  await check.getByText('Read from the sheet Products. It is an export of Shopify. Rows are numbered').waitFor();
  await picture(page, 'workbook');
  assert.deepEqual(await seriousFindings(page), []);
  await check.getByRole('button', { name: 'Start' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV for Shopify' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'export-import.csv');
  await picture(page, 'shop-export');
  assert.deepEqual(complaints, []);
});

test('what failed says why, and can be tried again', { skip }, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(pixmill.url);
  await page
    .getByLabel('CSV file')
    .setInputFiles(file(csv(`1,Blue mug,${origin.url}/mug.jpg`, `2,Late lamp,${origin.url}/late.jpg`)));
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('There is no file behind the link. Correct the link in the CSV.').waitFor();
  await page.getByRole('button', { name: 'Show images that failed with http_404' }).click();
  await page.getByText('1 of 2 images').first().waitFor();
  await picture(page, 'failures');
  assert.deepEqual(await seriousFindings(page), []);
  mended = true;
  await page.getByRole('button', { name: 'Retry failed' }).click();
  await page.getByText('What failed, and what to do').waitFor({ state: 'detached' });
  await page.getByText('2 of 2 images').waitFor();
  assert.deepEqual(complaints, []);
});

test('a running request is followed live, in two tabs, and can be cancelled and deleted', { skip }, async () => {
  const { page, complaints } = await openPage(browser);
  const rows = Array.from({ length: 30 }, (_, row) => `${row},Slow sofa ${row},${origin.url}/slow.jpg?${row}`);
  const { request_id } = (await (
    await pixmill.upload(csv(`0,Blue mug,${origin.url}/mug.jpg`, ...rows).toString())
  ).json()) as {
    request_id: string;
  };
  await page.goto(`${pixmill.url}/requests/${request_id}`);
  await page.getByText('Processing', { exact: true }).waitFor();
  const other = await page.context().newPage();
  const withoutEvents = await page.context().newPage();
  await withoutEvents.route('**/events', (route) => route.abort());
  await withoutEvents.goto(page.url());
  await other.goto(`${pixmill.url}/requests`);
  await other.getByText('Processing', { exact: true }).waitFor();
  await page.getByText(/About .* left/).waitFor();
  await picture(page, 'running');
  await picture(other, 'requests');
  assert.deepEqual(await seriousFindings(page), []);
  assert.deepEqual(await seriousFindings(other), []);

  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled', { exact: true }).waitFor();
  await other.getByText('Cancelled', { exact: true }).waitFor();
  await withoutEvents.getByText('Cancelled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByText('Delete this request?').waitFor();
  await picture(page, 'delete');
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await page.waitForURL(`${pixmill.url}/requests`);
  await page.goto(`${pixmill.url}/requests/${request_id}`);
  await page.getByText('There is no request with this id.').waitFor();
  await picture(page, 'gone');
  assert.deepEqual(complaints, []);
});
