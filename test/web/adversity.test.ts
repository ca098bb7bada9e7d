import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { CHEAP_START, spawnPixmill, startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openPage, picture, seriousFindings, startBrowser, withoutBrowser } from './page.ts';

const browser = await startBrowser();
const skip = withoutBrowser(browser);
const jpeg = await photo(300, 200).jpeg({ quality: 95 }).toBuffer();
const waiting: (() => void)[] = [];
const origin = await startOrigin({
  '/a.jpg': jpeg,
  '/held.jpg': ({ headers }, response) => {
    // The page shows the uploaded images, too; the browser gets them at once.
    if (headers['user-agent']?.startsWith('Pixmill')) waiting.push(() => response.end(jpeg));
    else response.end(jpeg);
  },
});
const csv = (...links: string[]) => ({
  name: 'products.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    `S. No.,Product Name,Input Image Urls\n${links.map((link, index) => `${index},Mug,${link}\n`).join('')}`,
  ),
});

test('a server that wants a key is asked for it once, and the page goes on', { skip }, async () => {
  const key = 'a-key-of-some-length';
  const pixmill = await startPixmill({ env: { PIXMILL_API_KEYS: key } });
  const { page } = await openPage(browser);
  await page.goto(`${pixmill.url}/requests`);
  await page.getByRole('dialog').waitFor();
  await picture(page, 'key');
  assert.deepEqual(await seriousFindings(page), []);
  await page.getByLabel('Key', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('does not know this key').waitFor();
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Open' }).click();
  await page
    .getByText(/no requests|nothing/i)
    .first()
    .waitFor();
  await page.goto(`${pixmill.url}/docs`);
  await page
    .getByRole('heading', { name: /Pixmill/ })
    .first()
    .waitFor();
});

test('a restart of the server in the middle is survived, in two tabs at once', { skip }, async () => {
  const dataDir = temporaryFolder();
  const first = await spawnPixmill({ dataDir, env: CHEAP_START });
  const port = new URL(first.url).port;
  const links = [`${origin.url}/a.jpg`, `${origin.url}/held.jpg`];
  const upload = await first.upload(csv(...links).buffer);
  const { request_id } = (await upload.json()) as { request_id: string };
  const tabs = await Promise.all([openPage(browser), openPage(browser)]);
  for (const { page } of tabs) {
    await page.goto(`${first.url}/requests/${request_id}`);
    await page.getByText('1 of 2 images').waitFor();
  }
  await first.stop('SIGKILL');
  await startPixmill({ dataDir, env: { PIXMILL_PORT: port } });
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const release of waiting) release();
  for (const { page } of tabs) await page.getByText('Completed', { exact: true }).waitFor({ timeout: 20_000 });
});

test('on a slow line the page says what it is doing', { skip }, async () => {
  const pixmill = await startPixmill();
  const { page } = await openPage(browser);
  await page.goto(pixmill.url);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 200,
    downloadThroughput: 50_000,
    uploadThroughput: 100_000,
  });
  const links = Array.from({ length: 4_000 }, (_, index) => `${origin.url}/a.jpg?${index}`);
  await page.locator('input[type=file]').setInputFiles(csv(...links));
  await page.getByRole('progressbar').first().waitFor();
  await page.getByText('Everything can be read.').waitFor({ timeout: 30_000 });
});

test('Swagger UI and ReDoc show the API without asking anybody else', { skip }, async () => {
  const pixmill = await startPixmill();
  const { page } = await openPage(browser);
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(pixmill.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto(`${pixmill.url}/docs`);
  await page.getByText('Upload a CSV').first().waitFor();
  await picture(page, 'docs');
  await page.goto(`${pixmill.url}/redoc`);
  await page.getByRole('heading', { name: 'Upload a CSV' }).first().waitFor({ timeout: 20_000 });
  await picture(page, 'redoc');
  // ReDoc's badge is wanted from outside, and refused by our content security policy before it is asked for.
  assert.deepEqual(
    foreign.filter((url) => !url.includes('cdn.redoc.ly')),
    [],
  );
});
