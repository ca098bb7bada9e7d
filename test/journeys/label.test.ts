import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openPage, startBrowser, withoutBrowser } from '../web/page.ts';

const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://127.0.0.1:1/a.jpg\n';
const file = join(temporaryFolder(), 'products.csv');
writeFileSync(file, CSV);
// First: the server serves the page that is there when it starts.
const browser = await startBrowser();
const pixmill = await startPixmill();

type Options = { options: { label?: string } };
const list = async () =>
  ((await (await pixmill.call('/api/requests')).json()) as { requests: Options[] }).requests.map(
    ({ options }) => options.label,
  );

test('a label comes by form, by query and from the command line, and is shown in status and list', async () => {
  const answers = [
    await pixmill.upload(CSV, { label: ' Frühjahr <b> ' }),
    await pixmill.upload(CSV, {}, 'file', '/api/upload?label=Autumn'),
    await pixmill.upload(CSV),
  ];
  const [first] = (await Promise.all(answers.map((answer) => answer.json()))) as { request_id: string }[];
  assert.equal((await pixmill.finished(first?.request_id ?? '')).options.label, 'Frühjahr <b>');
  const uploaded = await runCommand(['upload', file, '--server', pixmill.url, '--label', 'Winter', '--json']);
  assert.equal(uploaded.exitCode, 0, uploaded.err);
  assert.deepEqual(await list(), ['Winter', undefined, 'Autumn', 'Frühjahr <b>']);
  const run = await runCommand(['run', file, '--out', join(temporaryFolder(), 'out'), '--label', 'Here', '--json']);
  assert.equal((JSON.parse(run.out) as Options).options.label, 'Here');
});

test('a label of two lines, or a very long one, is refused', async () => {
  for (const label of ['a\nb', 'x'.repeat(201)]) {
    const answer = await pixmill.upload(CSV, { label });
    const { code, detail } = (await answer.json()) as { code: string; detail: string };
    assert.deepEqual([answer.status, code], [422, 'invalid_option']);
    assert.equal(detail, '"label" must be one line of at most 200 characters.');
  }
});

test('a label typed on the page stands in its list', { skip: withoutBrowser(browser) }, async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(pixmill.url);
  await page.getByRole('button', { name: /Options/ }).click();
  await page.getByLabel('Label').fill('From the page');
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  await page.goto(`${pixmill.url}/requests`);
  await page.getByRole('list', { name: 'Requests' }).getByText('From the page').waitFor();
  assert.deepEqual(complaints, []);
});
