import assert from 'node:assert/strict';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';

inBothModes(
  'a client of /api/upload-csv/ and /api/check-status/<id>/ with unquoted links goes on working',
  async (pixmill) => {
    const origin = await startOrigin({ '/1.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
    const links = (count: number) =>
      Array.from({ length: count }, (_, index) => `${origin.url}/1.jpg?${index}`).join(',');
    const csv = `S. No.,Product Name,Input Image Urls\n1,SKU1,${links(3)}\n2,SKU2,${links(2)}\n`;

    const upload = await pixmill.upload(csv, {}, 'file', '/api/upload-csv/');
    assert.equal(upload.status, 200);
    const { request_id } = (await upload.json()) as { request_id: string };
    const done = await pixmill.finished(request_id);
    const status = (await (await pixmill.call(`/api/check-status/${request_id}/`)).json()) as typeof done;
    assert.deepEqual([status.status, status.images_total, status.products_total], ['Completed', 5, 2]);
  },
);
