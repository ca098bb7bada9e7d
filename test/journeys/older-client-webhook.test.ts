import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { MAIN } from '../support/pixmill.ts';

interface Message {
  type: string;
  data: { request_id: string; status: string; download_url: string; details_url: string };
}

inBothModes(
  'a client with a webhook is called when the result is there, and can fetch everything named in it',
  async (pixmill) => {
    let received: (call: { headers: Record<string, string>; body: string }) => void;
    const called = new Promise<{ headers: Record<string, string>; body: string }>((resolve) => {
      received = resolve;
    });
    const origin = await startOrigin({
      '/1.jpg': await photo().jpeg({ quality: 95 }).toBuffer(),
      '/hook': async (request, response) => {
        received({ headers: request.headers as Record<string, string>, body: await text(request) });
        response.writeHead(204).end();
      },
    });
    const csv = `S. No.,Product Name,Input Image Urls\n1,SKU1,"${origin.url}/1.jpg,${origin.url}/lost.jpg"\n`;
    const upload = await pixmill.upload(csv, { webhook_url: `${origin.url}/hook` });
    const { request_id } = (await upload.json()) as { request_id: string };
    assert.equal(upload.headers.get('location'), `${pixmill.url}/api/status/${request_id}`);

    const { headers, body } = await called;
    const env = { ...process.env, ...pixmill.env };
    const secret = execFileSync(process.execPath, [MAIN, 'secret'], { env, encoding: 'utf8' }).trim();
    const message = new Webhook(secret).verify(body, headers) as Message;
    assert.deepEqual(
      [message.type, message.data.request_id, message.data.status],
      ['request.completed', request_id, 'Completed'],
    );

    const details = (await (await fetch(message.data.details_url)).json()) as {
      products: { images: { status: string; error: { code: string; message: string } | null }[] }[];
    };
    assert.deepEqual(
      details.products[0]?.images.map(({ status }) => status),
      ['done', 'failed'],
    );
    assert.equal(details.products[0]?.images[1]?.error?.code, 'http_404');

    const result = (await (await fetch(message.data.download_url)).text()).split('\n');
    assert.equal(result[0], 'S. No.,Product Name,Input Image Urls,Output Image Urls');
    const output = /"(http[^",]*\/api\/image\/[^",]+),Error processing image"/.exec(result[1] ?? '')?.[1] ?? '';
    const image = await fetch(output);
    assert.equal((await sharp(await image.bytes()).metadata()).width, 400);
    for (const path of ['/docs', '/redoc']) {
      const page = await pixmill.call(path);
      assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    }
  },
);
