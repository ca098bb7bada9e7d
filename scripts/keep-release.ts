/**
 * Keeps what a release leaves behind (its data folder, its database on both engines, what it answers) as a fixture that
 * every later version has to migrate and go on serving: `node scripts/keep-release.ts PROGRAM FOLDER POSTGRES_URL`.
 *
 * PROGRAM is the `src/main.ts` of the release, FOLDER a new folder below test/fixtures/, POSTGRES_URL an empty database
 * of a server for which `pg_dump` is installed. Run once a release, before the first change of the tables.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOrigin } from '../test/support/origin.ts';
import { animation, BLUE, disc, photo, quarters, RED } from '../test/support/pictures.ts';
import { spawnPixmill } from '../test/support/pixmill.ts';
import { workbook } from '../test/support/workbook.ts';

const [program = '', folder = '', postgres = ''] = process.argv.slice(2);
if (!postgres) throw new Error('usage: node scripts/keep-release.ts PROGRAM FOLDER POSTGRES_URL');

/** Stand in the fixture for addresses of the moment. */
const ORIGIN = 'http://origin.example';
const PUBLIC = 'http://shop.example';

let open = true;
const origin = await openOrigin({
  '/photo.jpg': await photo(160, 120).jpeg({ quality: 95 }).toBuffer(),
  '/quarters.png': await quarters().png().toBuffer(),
  '/disc.webp': await disc().webp().toBuffer(),
  '/moving.gif': await animation('gif', [RED, BLUE], [100, 200], 0),
  '/late.jpg': async (_request, response) => {
    if (open) response.end(await photo(120, 90).jpeg({ quality: 95 }).toBuffer());
  },
  '/hook': (_request, response) => response.writeHead(503).end(),
});

const dataDir = mkdtempSync(join(tmpdir(), 'pixmill-release-'));
const pixmill = await spawnPixmill({
  program,
  dataDir,
  env: { PIXMILL_PUBLIC_URL: PUBLIC, PIXMILL_CONCURRENCY: '1' },
});
mkdirSync(folder, { recursive: true });

async function upload(
  file: { name: string; content: string | Uint8Array },
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new File([file.content as string], file.name));
  const answer = await pixmill.call('/api/upload', { method: 'POST', body: form, headers });
  const body = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(body));
  return (body as { request_id: string }).request_id;
}

const HEADER = 'S. No.,Product Name,Input Image Urls';
const requests: Record<string, string> = {};

requests.several = await upload(
  {
    name: 'products.csv',
    content: [
      HEADER,
      `1,Mug,"${origin.url}/photo.jpg,${origin.url}/quarters.png"`,
      `2,"Tasse, groß","${origin.url}/disc.webp?a;${origin.url}/moving.gif"`,
      `3,Dead,${origin.url}/gone.jpg`,
      '4,No link,',
      `5,Same,${origin.url}/photo.jpg`,
      '',
    ].join('\r\n'),
  },
  { on_error: 'skip', webhook_url: `${origin.url}/hook` },
  { 'idempotency-key': 'monday' },
);
requests.options = await upload(
  {
    name: 'options.csv',
    content: `Id;Title;image_2;image_1\n7;Cup;${origin.url}/photo.jpg?2;${origin.url}/photo.jpg?1\n`,
  },
  { quality: '30', scale: '50', format: 'webp', effort: 'small' },
);
requests.shopify = await upload({
  name: 'shopify.csv',
  content: [
    'Handle,Title,Vendor,Image Src,Variant Image',
    `mug,Mug,Us,${origin.url}/photo.jpg?s1,`,
    `mug,,,${origin.url}/photo.jpg?s2,${origin.url}/quarters.png?v`,
    'mug,,,,',
    '',
  ].join('\n'),
});
requests.workbook = await upload({
  name: 'products.xlsx',
  content: workbook([HEADER.split(','), [1, 'Plate', `${origin.url}/photo.jpg?x`]]),
});
requests.nothing = await upload({ name: 'nothing.csv', content: `${HEADER}\n1,Dead,${origin.url}/gone.jpg?n\n` });
for (const id of Object.values(requests)) await pixmill.finished(id);

open = false;
const late = (rows: number, query: string) =>
  [
    HEADER,
    ...Array.from(
      { length: rows },
      (_, i) => `${i},Late ${i},${origin.url}/${i < 3 ? 'photo' : 'late'}.jpg?${query}${i}`,
    ),
  ].join('\n');
requests.cancelled = await upload({ name: 'cancelled.csv', content: late(5, 'c') });
requests.half = await upload({ name: 'half.csv', content: late(60, 'h') }, { webhook_url: `${origin.url}/hook` });

const text = async (path: string) => (await pixmill.call(path)).text();
const status = async (id: string) => JSON.parse(await text(`/api/status/${id}`)) as { images_processed: number };
while ((await status(requests.cancelled)).images_processed < 3) await sleep(50);
await pixmill.call(`/api/requests/${requests.cancelled}/cancel`, { method: 'POST' });
while ((await status(requests.half)).images_processed < 3) await sleep(50);

const answers: Record<string, unknown> = {};
const images: Record<string, { type: string | null; sha256: string }> = {};
for (const [name, id] of Object.entries(requests)) {
  const finished = name !== 'half';
  const paths = [`/api/details/${id}`, `/api/products/${id}`, `/api/download/${id}?partial=true`];
  for (const path of [...paths, ...(finished ? [`/api/requests/${id}/errors.csv`] : [])]) {
    const answer = await text(path);
    answers[path] = answer.startsWith('{') ? JSON.parse(answer) : answer;
  }
  for (const [link] of JSON.stringify(answers[`/api/details/${id}`]).matchAll(
    /http:\/\/shop\.example\/api\/image\/[^"?]+/g,
  )) {
    const path = link.slice(PUBLIC.length);
    const answer = await pixmill.call(path);
    const bytes = Buffer.from(await answer.arrayBuffer());
    images[path] = {
      type: answer.headers.get('content-type'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  }
}
await pixmill.stop('SIGKILL');
origin.close();

const moved = spawnSync(process.execPath, [program, 'migrate', '--from', dataDir, '--to', postgres], {
  env: { PATH: process.env.PATH, PIXMILL_DATA_DIR: join(dataDir, 'none') },
  encoding: 'utf8',
});
if (moved.status !== 0) throw new Error(moved.stderr);
const constant = (value: string) => value.replaceAll(origin.url, ORIGIN);
const dump = execFileSync('pg_dump', ['--inserts', '--no-owner', '--no-privileges', postgres], { encoding: 'utf8' });
// Commands of psql, which no server understands.
writeFileSync(join(folder, 'postgres.sql'), constant(dump.replaceAll(/^\\.*\n/gm, '')));

const database = new DatabaseSync(join(dataDir, 'pixmill.sqlite'));
for (const [table, columns] of Object.entries({
  requests: ['webhook_url'],
  products: ['cells'],
  rejected_rows: ['cells'],
  images: ['input_url'],
  deliveries: ['url'],
  delivery_attempts: [],
})) {
  for (const column of columns) {
    database.prepare(`update ${table} set ${column} = replace(${column}, ?, ?)`).run(origin.url, ORIGIN);
  }
}
database.exec('pragma journal_mode = delete; vacuum');
database.close();
rmSync(join(dataDir, 'tmp'), { recursive: true, force: true });
rmSync(join(dataDir, 'none'), { recursive: true, force: true });
rmSync(join(dataDir, 'lock.sqlite'), { force: true });
cpSync(dataDir, join(folder, 'data-folder'), { recursive: true });
rmSync(dataDir, { recursive: true, force: true });
const expected = JSON.parse(constant(JSON.stringify({ requests, answers, images })));
writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
