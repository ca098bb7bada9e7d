import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { temporaryFiles } from '../support/temporary-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ATTACKS } from './taken-over.ts';

const SECRET = 'for root alone';
/** As `imageKey` makes them; there is no such image. */
const SOMEBODY_ELSES = 'mug-1-00000000000000000000.jpg';

const folder = temporaryFolder();
const secret = join(folder, 'secret');
const report = join(folder, 'report');
writeFileSync(secret, SECRET, { mode: 0o600 });

async function serverWithTakenOverDecoders() {
  writeFileSync(report, '');
  chmodSync(report, 0o666);
  const origin = await startOrigin({ '/a.png': await photo(80, 60).png().toBuffer() });
  const words = new URLSearchParams({ secret, report, key: SOMEBODY_ELSES });
  const pixmill = await startPixmill({
    nodeOptions: [`--import=${new URL(`taken-over.ts?${words}`, import.meta.url)}`],
    env: { PIXMILL_MAX_TRIES: '1', PIXMILL_LOG_LEVEL: 'silent' },
  });
  return { origin, pixmill };
}

// Where decoders are the user who started Pixmill, they may do what that user may.
const skip = process.getuid?.() !== 0 && 'needs to be started as root';

describe('a decoder that was taken over', { skip }, async () => {
  if (skip) return;
  const { origin, pixmill } = await serverWithTakenOverDecoders();
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url}/a.png\n`;
  const qualityOf = (attack: keyof typeof ATTACKS) => String(Object.keys(ATTACKS).indexOf(attack) + 1);

  /** @returns the picture as it is served, undefined where it failed; and what the attack came to */
  async function attacked(attack: keyof typeof ATTACKS) {
    writeFileSync(report, '');
    const upload = await pixmill.upload(csv, { quality: qualityOf(attack) });
    const { request_id } = (await upload.json()) as { request_id: string };
    await pixmill.finished(request_id);
    const { products } = (await (await pixmill.call(`/api/details/${request_id}`)).json()) as {
      products: { images: { output_url: string | null; error: { code: string } | null }[] }[];
    };
    const [image] = products[0]?.images ?? [];
    const said = readFileSync(report, 'utf8');
    assert.match(said, /^user 65534\n/, 'the attack was tried by nobody');
    const url = image?.output_url ?? undefined;
    return { url, picture: url && (await (await fetch(url)).text()), code: image?.error?.code, said };
  }

  for (const attack of ['link', 'hardLink', 'pipe', 'folder'] as const) {
    test(`cannot put something else in the place of a result: ${attack}`, async () => {
      const { picture, said } = await attacked(attack);
      assert.ok(picture?.startsWith('\ufffdPNG'), said);
      assert.doesNotMatch(said, /done/);
    });
  }

  for (const attack of ['giant', 'short'] as const) {
    test(`fails its image where the size is not what it says: ${attack}`, async () => {
      const { code, said } = await attacked(attack);
      assert.equal(code, 'decoder_crashed', said);
    });
  }

  for (const attack of ['nothing', 'noJson', 'handle', 'twice', 'endless'] as const) {
    test(`fails its image and no more where it says what nobody asked for: ${attack}`, async () => {
      const { code, said } = await attacked(attack);
      assert.equal(code, attack === 'twice' ? 'not_an_image' : 'decoder_crashed', said);
    });
  }

  test('is followed by one that works', async () => {
    const { picture } = await attacked('none');
    assert.ok(picture?.startsWith('\ufffdPNG'));
  });

  test('cannot change a picture that was taken from it', async () => {
    const { url = '', picture } = await attacked('later');
    while (!readFileSync(report, 'utf8').includes('later: done')) await sleep(20);
    assert.ok((await (await fetch(url)).text()) === picture);
  });

  test('cannot pass off the picture of somebody else as its result', async () => {
    const { url = '' } = await attacked('key');
    assert.ok(!url.includes(SOMEBODY_ELSES), url);
  });

  test('does not see the uploads of others, nor lead what is written of them elsewhere', async () => {
    const { port } = new URL(pixmill.url);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const call = request({ host: '127.0.0.1', port, path: '/api/upload', method: 'POST', headers });
    call.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv.gz"\r\n\r\n');
    const packed = gzipSync(csv);
    call.write(packed.subarray(0, 20));
    while (!temporaryFiles(pixmill.dataDir).some((name) => name.startsWith('upload-'))) await sleep(10);
    const { said } = await attacked('upload');
    call.end(Buffer.concat([packed.subarray(20), Buffer.from('\r\n--x--\r\n')]));
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    assert.equal(readFileSync(secret, 'utf8'), SECRET);
    assert.doesNotMatch(said, /done/);
    const { request_id } = (await json(answer)) as { request_id: string };
    await pixmill.finished(request_id);
  });

  test('leaves nothing behind', () => {
    assert.deepEqual(temporaryFiles(pixmill.dataDir), []);
    assert.equal(readFileSync(secret, 'utf8'), SECRET);
  });
});
