import assert from 'node:assert/strict';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';

interface Details {
  products: { product_name: string; images: { path: string; width: number; height: number; output_url: string }[] }[];
}

inBothModes(
  'a client that sends csv_file to /upload gets images of half the dimensions from /fetch/<id>',
  async (pixmill) => {
    const origin = await startOrigin({ '/1.jpg': await photo(400, 300).jpeg({ quality: 95 }).toBuffer() });
    const csv = `S. No.,Product Name,Input Image Urls\n1,SKU1,${origin.url}/1.jpg\n`;

    const { request_id } = (await (await pixmill.upload(csv, {}, 'csv_file', '/upload')).json()) as {
      request_id: string;
    };
    await pixmill.finished(request_id);
    const status = (await (await pixmill.call(`/status/${request_id}`)).json()) as { status: string };
    assert.equal(status.status, 'Completed');
    const { products } = (await (await pixmill.call(`/fetch/${request_id}`)).json()) as Details;
    const image = products[0]?.images[0];
    assert.deepEqual([products[0]?.product_name, image?.width, image?.height], ['SKU1', 200, 150]);
    assert.equal((await fetch(image?.output_url ?? '')).headers.get('content-type'), 'image/jpeg');
  },
);
