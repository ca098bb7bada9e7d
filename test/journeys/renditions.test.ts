import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const origin = await startOrigin({
  '/mug.jpg': await photo(400, 300).jpeg({ quality: 95 }).toBuffer(),
  '/small.png': await photo(80, 60).png().toBuffer(),
});
const CSV = `S. No.,Product Name,Input Image Urls
AB 1,Чашка,"${origin.url}/mug.jpg,${origin.url}/small.png"
AB/1,Cup,${origin.url}/gone.jpg
AB 1,Cup,${origin.url}/mug.jpg?2
`;
const RENDITIONS = [
  { name: 'thumb', max_width: 100, format: 'webp' },
  { name: 'square', fit: 'pad', max_width: 200, max_height: 200 },
];

interface Picture {
  output_url: string;
  path: string;
  format_out: string;
  width: number;
  height: number;
  bytes_out: number;
}
interface Details {
  notes: Record<string, number>;
  products: { images: (Picture & { status: string; renditions: Record<string, Picture>; srcset: string | null })[] }[];
}

test('one upload gives several pictures of each image under names of the shop: in details, table, ZIP and storage', async () => {
  const pixmill = await startPixmill();
  const fields = { name: '{serial}-{name}', renditions: JSON.stringify(RENDITIONS), max_width: '300' };
  const { request_id: id } = (await (await pixmill.upload(CSV, fields)).json()) as { request_id: string };
  const status = await pixmill.finished(id);
  assert.equal(status.images_failed, 1);
  assert.deepEqual(status.notes, { under_wanted_size: 1 });
  assert.deepEqual(status.options.renditions, RENDITIONS);

  const { products } = (await (await pixmill.call(`/api/details/${id}`)).json()) as Details;
  const [mug, small] = products[0]?.images ?? [];
  assert.ok(mug && small);
  assert.match(mug.path, /^[0-9a-z]{20}\/AB-1-Чашка\.jpg$/);
  assert.match(small.path, /^[0-9a-z]{20}\/AB-1-Чашка-2\.png$/);
  assert.deepEqual([mug.width, mug.height, small.width], [300, 225, 80]);
  assert.deepEqual(Object.keys(mug.renditions), ['thumb', 'square']);
  const { thumb, square } = mug.renditions;
  assert.deepEqual([thumb?.format_out, thumb?.width, thumb?.height], ['webp', 100, 75]);
  assert.deepEqual([square?.width, square?.height], [200, 200]);
  assert.equal(mug.srcset, `${thumb?.output_url} 100w, ${mug.output_url} 300w`);
  assert.deepEqual(products[1]?.images[0]?.renditions, {});

  // Addresses are encoded, and lead to what was said of them.
  for (const picture of [mug, small, thumb, square]) {
    assert.ok(picture);
    assert.match(picture.output_url, /^[\x21-\x7e]+$/);
    const answer = await fetch(picture.output_url);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.deepEqual([answer.status, bytes.length], [200, picture.bytes_out]);
    assert.equal((await sharp(bytes).metadata()).width, picture.width);
  }

  const table = (await (await pixmill.call(`/api/download/${id}`)).text()).split('\n');
  assert.equal(
    table[0],
    'S. No.,Product Name,Input Image Urls,Output Image Urls,Output Image Urls (thumb),Output Image Urls (square)',
  );
  assert.ok(table[1]?.endsWith(`"${mug.renditions.square?.output_url},${small.renditions.square?.output_url}"`));
  assert.ok(table[2]?.endsWith(',Error processing image,Error processing image,Error processing image'));

  const zipped = Buffer.from(
    await (await pixmill.call(`/api/requests/${id}/images.zip?rendition=thumb`)).arrayBuffer(),
  ).toString();
  // Different images of one name: the later one gets a number.
  for (const name of ['AB-1-Чашка.webp', 'AB-1-Чашка-2.webp', 'AB-1-Cup.webp']) assert.ok(zipped.includes(name), name);
  const unknown = await pixmill.call(`/api/requests/${id}/images.zip?rendition=thmub`);
  assert.equal(unknown.status, 400);
  assert.match(((await unknown.json()) as { detail: string }).detail, /main, thumb, square/);

  assert.equal((await pixmill.call(`/api/requests/${id}`, { method: 'DELETE' })).status, 204);
  for (const picture of [mug, thumb, square]) assert.equal((await fetch(picture?.output_url ?? '')).status, 404);
  const left = readdirSync(join(pixmill.dataDir, 'images'), { recursive: true });
  assert.deepEqual(left, []);
});

test('a template that names a column which the table lacks is refused, with the columns that it has', async () => {
  const pixmill = await startPixmill();
  for (const dry_run of ['true', 'false']) {
    const answer = await pixmill.upload(CSV, { name: '{column:Farbe}', dry_run });
    assert.equal(answer.status, 422);
    assert.match(
      ((await answer.json()) as { detail: string }).detail,
      /"Farbe"; the table has "S. No.", "Product Name"/,
    );
  }
});

test('pixmill run lays files and folders out that a shop can hand on, and names them in the table', async () => {
  const folder = temporaryFolder();
  const csv = join(folder, 'in.csv');
  writeFileSync(csv, CSV);
  const out = join(folder, 'out');
  const renditions = '[{"name": "thumb", "max_width": 100, "format": "webp"}]';
  const args = ['run', csv, '--out', out, '--name', '{serial}-{position}', '--renditions', renditions];
  for (const round of ['first', 'again']) {
    const { exitCode, err } = await runCommand(args);
    assert.equal(exitCode, 2, `${round}: ${err}`);
    const files = readdirSync(join(out, 'images'), { recursive: true, encoding: 'utf8' }).sort();
    const expected = ['AB-1-1-2.jpg', 'AB-1-1.jpg', 'AB-1-2.png', 'thumb'];
    const thumbs = ['thumb/AB-1-1-2.webp', 'thumb/AB-1-1.webp', 'thumb/AB-1-2.webp'];
    assert.deepEqual(files, [...expected, ...thumbs]);
    const [, first] = readFileSync(join(out, 'results.csv'), 'utf8').split('\n');
    assert.ok(
      first?.endsWith('"images/AB-1-1.jpg,images/AB-1-2.png","images/thumb/AB-1-1.webp,images/thumb/AB-1-2.webp"'),
    );
  }
});
