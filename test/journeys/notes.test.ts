import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { atTheEnd } from '../support/at-the-end.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

/** Made by openssl for 127.0.0.1, and trusted by nobody but this test. */
const CERTIFICATE = join(import.meta.dirname, '../fixtures/https/certificate.pem');
const KEY = join(import.meta.dirname, '../fixtures/https/key.pem');

const picture = await photo(120, 90).jpeg({ quality: 95 }).toBuffer();
const origin = await startOrigin({ '/mug.jpg': picture });

/** The host and port of an image host that speaks HTTPS. */
async function startHttpsOrigin(): Promise<string> {
  const server = createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, (_request, response) => {
    response.end(picture);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Details {
  notes: Record<string, number>;
  products: { line: number; images: { input_url: string; notes: { code: string; message: string }[] }[] }[];
}

test('a link without its scheme is fetched by https, and a note says so: in the details, counted, and to be listed', async () => {
  const host = await startHttpsOrigin();
  const pixmill = await startPixmill({ env: { NODE_EXTRA_CA_CERTS: CERTIFICATE } });
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/mug.jpg\n2,Cup,"//${host}/cup.jpg,${origin.url}/mug.jpg"\n3,Cup,//${host}/cup.jpg\n`;
  const { request_id: id } = (await (await pixmill.upload(csv)).json()) as { request_id: string };
  const status = await pixmill.finished(id);
  assert.equal(status.images_failed, 0);
  assert.deepEqual(status.notes, { link_repaired: 2 });

  const details = async (query = '') => (await (await pixmill.call(`/api/details/${id}${query}`)).json()) as Details;
  const message = `The image was fetched from https://${host}/cup.jpg. Correct the link in the table if another one was meant.`;
  const noted = { input_url: `//${host}/cup.jpg`, notes: [{ code: 'link_repaired', message }] };
  const plain = { input_url: `${origin.url}/mug.jpg`, notes: [] };
  const shown = ({ products }: Details) =>
    products.map(({ line, images }) => [line, images.map(({ input_url, notes }) => ({ input_url, notes }))]);
  const all = await details();
  assert.deepEqual(all.notes, { link_repaired: 2 });
  assert.deepEqual(shown(all), [
    [2, [plain]],
    [3, [noted, plain]],
    [4, [noted]],
  ]);
  const listed = [
    [3, [noted]],
    [4, [noted]],
  ];
  assert.deepEqual(shown(await details('?note=link_repaired')), listed);
  assert.deepEqual(shown(await details('?note=link_repaired&status=done&limit=1')), listed.slice(0, 1));
  assert.deepEqual(shown(await details('?note=hdr_removed')), []);
  const unknown = await pixmill.call(`/api/details/${id}?note=link_mended`);
  assert.equal(unknown.status, 400);

  const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  for (const code of Object.keys(all.notes)) assert.match(page, new RegExp(`^\\| \`${code}\` \\| .+ \\|$`, 'm'));
});
