/** A copy of the program gets made-up formats the way a developer adds one: a record and a codec each, and nothing else. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Sharp } from 'sharp';
import { startOrigin } from '../support/origin.ts';
import { colourAt, distance, photo, quarters, RED } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

const RECORDS = `
  plain: {
    title: 'Plain',
    extension: 'pln',
    contentType: 'image/x-plain',
    alpha: false,
    motion: false,
    lossless: true,
    longestSide: 65_535,
    shownByBrowsers: false,
    written: true,
    offered: true,
  },
  scan: {
    title: 'Scan',
    extension: 'scn',
    contentType: 'image/x-scan',
    alpha: true,
    motion: false,
    lossless: true,
    longestSide: 65_535,
    shownByBrowsers: false,
    written: false,
    offered: false,
    becomes: 'jpeg',
  },`;

/** Five letters, width and height as 16 bits each, and the bytes of the pixels. libvips knows nothing of it. */
const codec = (name: string, letters: string, channels: 3 | 4, encoder = '') => `
import { open, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Codec, WritingCodec } from './codec.ts';

const size = (head: Buffer) => ({ width: head.readUInt16BE(5), height: head.readUInt16BE(7) });

const loader: Codec['loader'] = {
  operations: [],
  canHalve: false,
  async inspect(file) {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(9), 0, 9, 0).finally(() => handle.close());
    const rest = { orientation: 1, alpha: ${channels === 4}, grey: false, srgb: true, deep: false, deepProfile: false };
    return { ...size(buffer), frames: 1, ...rest };
  },
  async open(file) {
    const bytes = await readFile(file);
    return sharp(bytes.subarray(9), { raw: { ...size(bytes), channels: ${channels} } });
  },
};

export const ${name}: ${encoder ? 'WritingCodec' : 'Codec'} = {
  recognises: (head) => head.toString('latin1', 0, 5) === '${letters}',
  loader,${encoder}
};
`;

const ENCODER = `
  encoder: {
    async encode(image) {
      const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const head = Buffer.from('PLAIN0000', 'latin1');
      head.writeUInt16BE(info.width, 5);
      head.writeUInt16BE(info.height, 7);
      return Buffer.concat([head, data]);
    },
    alternatives: () => [],
  },
  cleanMetadata: (file) => file,`;

const copy = temporaryFolder();
for (const name of ['src', 'package.json', 'tsconfig.json'])
  cpSync(join(ROOT, name), join(copy, name), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));

function edit(file: string, replaced: string, by: string): void {
  const path = join(copy, 'src', file);
  const before = readFileSync(path, 'utf8');
  assert.ok(before.includes(replaced), `${file} has no "${replaced}"`);
  writeFileSync(path, before.replace(replaced, by));
}

const PROJECT = join(copy, 'tsconfig.formats.json');
writeFileSync(PROJECT, JSON.stringify({ extends: './tsconfig.json', include: ['src/imaging/formats'] }));

/** @returns what the compiler says; nothing where all is well */
function compile(): string {
  try {
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', PROJECT], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

async function pixelFile(letters: string, image: Sharp): Promise<Buffer> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const head = Buffer.from(`${letters}0000`, 'latin1');
  head.writeUInt16BE(info.width, 5);
  head.writeUInt16BE(info.height, 7);
  return Buffer.concat([head, data]);
}

describe('a new format', () => {
  test('is not forgotten anywhere: without its codec the program does not compile', () => {
    edit('domain/formats.ts', 'const RECORDS = {', `const RECORDS = {${RECORDS}`);
    const complaints = compile();
    assert.match(complaints, /imaging\/formats\/index\.ts.*plain/s);
    writeFileSync(join(copy, 'src/imaging/formats/plain.ts'), codec('plain', 'PLAIN', 3, ENCODER));
    writeFileSync(join(copy, 'src/imaging/formats/scan.ts'), codec('scan', 'SCAN.', 4));
    edit(
      'imaging/formats/index.ts',
      'import { png }',
      "import { plain } from './plain.ts';\nimport { scan } from './scan.ts';\nimport { png }",
    );
    edit('imaging/formats/index.ts', '= { jpeg,', '= { plain, scan, jpeg,');
    assert.equal(compile(), '', 'a record and a codec are all there is to it');
  });

  test('is found, decoded, encoded, named, stored and served with its content type', async () => {
    const opaque = quarters(64, 32).removeAlpha();
    const origin = await startOrigin({
      '/mug.plain': await pixelFile('PLAIN', opaque.clone()),
      '/mug.png': await quarters(64, 32).png().toBuffer(),
      '/photo.scan': await pixelFile('SCAN.', photo(64, 32).ensureAlpha()),
    });
    const pixmill = await startPixmill({ program: join(copy, 'src/main.ts') });
    const document = JSON.stringify(await (await pixmill.call('/openapi.json')).json());
    assert.match(document, /"image\/x-plain"/);

    async function compressed(path: string, fields: Record<string, string>) {
      const answer = await pixmill.upload(`S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}${path}\n`, fields);
      assert.equal(answer.status, 200, await answer.clone().text());
      const { request_id } = (await answer.json()) as { request_id: string };
      await pixmill.finished(request_id);
      const details = (await (await pixmill.call(`/api/details/${request_id}`)).json()) as {
        products: { images: { format_in: string; format_out: string; path: string; error: unknown }[] }[];
      };
      const image = details.products[0]?.images[0];
      assert.ok(image?.path, JSON.stringify(image));
      const served = await pixmill.call(`/api/image/${image.path}`);
      return { image, type: served.headers.get('content-type'), bytes: Buffer.from(await served.arrayBuffer()) };
    }

    const halved = await compressed('/mug.plain', { scale: '50' });
    assert.deepEqual([halved.image.format_in, halved.image.format_out], ['plain', 'plain']);
    assert.match(halved.image.path, /\.pln$/);
    assert.equal(halved.type, 'image/x-plain');
    assert.deepEqual(halved.bytes, await pixelFile('PLAIN', opaque.clone().resize(32, 16, { fit: 'fill' })));

    const chosen = await compressed('/mug.png', { format: 'plain' });
    assert.deepEqual([chosen.image.format_in, chosen.image.format_out, chosen.type], ['png', 'plain', 'image/x-plain']);

    const shown = await compressed('/mug.plain', { format: 'webp' });
    assert.equal(shown.type, 'image/webp');
    const file = join(copy, 'shown.webp');
    writeFileSync(file, shown.bytes);
    assert.ok(distance(await colourAt(file, 0.2, 0.2), RED) < 16);

    // Not written itself, and this one is transparent in theory.
    const scanned = await compressed('/photo.scan', {});
    assert.deepEqual([scanned.image.format_in, scanned.image.format_out, scanned.type], ['scan', 'png', 'image/png']);
  });
});
