import assert from 'node:assert/strict';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';

interface Products {
  request_id: string;
  products: { serial_number: number; product_name: string; input_image_urls: string; output_image_urls: string }[];
}

inBothModes('a client of /api/products/<id>/ finds outputs slot by slot in comma strings', async (pixmill) => {
  const origin = await startOrigin({ '/1.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
  const inputs = [`${origin.url}/1.jpg`, `${origin.url}/lost.jpg`, `${origin.url}/1.jpg?w=1`];
  const csv = `S. No.,Product Name,Input Image Urls\n1,SKU1,"${inputs.join(',')}"\n`;

  const { request_id } = (await (await pixmill.upload(csv, {}, 'file', '/api/upload/')).json()) as Products;
  await pixmill.finished(request_id);
  assert.equal((await pixmill.call(`/api/status/${request_id}/`)).status, 200);
  const answer = (await (await pixmill.call(`/api/products/${request_id}/`)).json()) as Products;
  assert.equal(answer.request_id, request_id);
  const [product] = answer.products;
  assert.deepEqual([product?.serial_number, product?.product_name], [1, 'SKU1']);
  assert.equal(product?.input_image_urls, inputs.join(','));
  const outputs = product.output_image_urls.split(',');
  assert.equal(outputs[1], 'Error processing image');
  for (const output of [outputs[0], outputs[2]]) assert.equal((await fetch(output ?? '')).status, 200);
});
