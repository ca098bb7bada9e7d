import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { LONG_RUN, times } from '../support/long-run.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { openPage, picture, startBrowser, withoutBrowser } from './page.ts';

const browser = await startBrowser();
const skip = withoutBrowser(browser);
const pixmill = await startPixmill();
const origin = await startOrigin({
  '/mug.jpg': await photo(400, 300).jpeg({ quality: 95 }).toBuffer(),
  '/hook': async (request, response) => {
    await text(request);
    response.writeHead(204).end();
  },
});

interface Operation {
  operationId: string;
  tags: string[];
  deprecated?: boolean;
  parameters?: { in: string; name: string }[];
}

const { paths } = (await (await pixmill.call('/openapi.json')).json()) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.values(paths).flatMap((path) => Object.values(path));

const csv = (...links: string[]) => ({
  name: 'products.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    ['S. No.,Product Name,Input Image Urls', ...links.map((link, row) => `${row},Mug,${origin.url}${link}`), ''].join(
      '\n',
    ),
  ),
});

/** The box of an operation, open and ready to be filled in. */
async function tryOut(page: Page, { operationId, tags }: Operation): Promise<Locator> {
  const box = page.locator(`#operations-${tags[0]}-${operationId}`);
  await box.locator('.opblock-summary-control').dispatchEvent('click');
  await box.getByRole('button', { name: 'Try it out' }).dispatchEvent('click');
  return box;
}

/** Swagger UI draws everything that is open anew with each call. */
async function close(box: Locator): Promise<void> {
  await box.locator('.opblock-summary-control').dispatchEvent('click');
}

/** Presses Execute. @returns what the page then shows, and what came back */
async function execute(page: Page, box: Locator): Promise<{ status: number; body: string }> {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => !answer.url().includes('/docs')),
    box.getByRole('button', { name: 'Execute' }).click(),
  ]);
  const status = response.status();
  await box
    .locator('.live-responses-table .response-col_status', { hasText: String(status) })
    .first()
    .waitFor();
  return { status, body: await response.text().catch(() => '') };
}

interface Uploaded {
  request_id: string | null;
  images_total: number;
  report?: object;
}

test('Swagger UI uploads a chosen file as it comes, again, and another one', { skip }, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(`${pixmill.url}/docs`);
  const ids = new Set<string | null>();
  const uploads = operations.filter(({ operationId }) => /^upload/.test(operationId));
  assert.equal(uploads.length, 3);
  // The routes differ in their address alone.
  const tried = uploads.slice(0, times(1, 3));
  for (const operation of tried) {
    const box = await tryOut(page, operation);
    const file = box.locator('input[type=file]');
    const upload = async (images: number) => {
      const { status, body } = await execute(page, box);
      const answer = JSON.parse(body) as Uploaded;
      assert.deepEqual([status, answer.images_total, answer.report], [200, images, undefined], body);
      ids.add(answer.request_id);
      return answer.request_id ?? '';
    };
    await file.setInputFiles(csv('/mug.jpg'));
    const id = await upload(1);
    await upload(1);
    await file.setInputFiles(csv('/mug.jpg?1', '/mug.jpg?2'));
    await upload(2);
    // Empty fields go out by themselves; without them it is the same upload.
    for (const choice of await box.getByRole('checkbox', { name: 'Send empty value' }).all()) {
      if (await choice.isEnabled()) await choice.setChecked(false);
    }
    await upload(2);
    await picture(page, `docs-${operation.operationId}`);
    await close(box);
    assert.equal((await pixmill.finished(id)).status, 'Completed');
    const details = await (await pixmill.call(`/api/details/${id}`)).json();
    const { products } = details as { products: { images: { width: number; format_out: string }[] }[] };
    assert.deepEqual(
      products[0]?.images.map(({ width, format_out }) => [width, format_out]),
      [[400, 'jpeg']],
    );
  }
  assert.deepEqual(
    [ids.size, ids.has(null)],
    [4 * tried.length, false],
    'each is a request of its own, none a dry run',
  );
  assert.deepEqual(complaints, []);
});

/** One of each kind: a path with an id, one with a file name, a change, a deletion. */
const QUICK = ['getStatus', 'getImage', 'retryRequest', 'deleteRequest'];

test('an operation on a request works in Swagger UI with nothing but the id put in, and has no made-up one', {
  skip,
}, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(`${pixmill.url}/docs`);
  const answer = await pixmill.upload(csv('/mug.jpg', '/lost.jpg').buffer, { webhook_url: `${origin.url}/hook` });
  const { request_id: id } = (await answer.json()) as { request_id: string };
  await pixmill.finished(id);
  const products = await (await pixmill.call(`/api/products/${id}`)).json();
  const [product] = (products as { products: { output_image_urls: string }[] }).products;
  const values: Record<string, string> = { id, filename: product?.output_image_urls.split('/').at(-1) ?? '' };

  const expected: Record<string, number> = {
    cancelRequest: 409,
    redeliverWebhook: 200,
    retryRequest: 200,
    deleteRequest: 204,
  };
  const last = Object.keys(expected);
  const others = operations
    .filter(({ deprecated, parameters = [] }) => !deprecated && parameters.some((parameter) => parameter.in === 'path'))
    .filter(({ operationId }) => LONG_RUN || QUICK.includes(operationId))
    .sort((a, b) => last.indexOf(a.operationId) - last.indexOf(b.operationId));
  assert.ok(others.length >= QUICK.length);
  for (const operation of others) {
    const box = await tryOut(page, operation);
    for (const { name } of operation.parameters?.filter((parameter) => parameter.in === 'path') ?? []) {
      const input = box.getByPlaceholder(name, { exact: true });
      assert.equal(await input.inputValue(), '', operation.operationId);
      await input.fill(values[name] ?? '');
    }
    const { status, body } = await execute(page, box);
    assert.equal(status, expected[operation.operationId] ?? 200, `${operation.operationId}: ${body}`);
    if (operation.operationId === 'retryRequest') await pixmill.finished(id);
    await close(box);
  }
  assert.deepEqual(complaints, []);
});
