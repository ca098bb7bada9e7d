import assert from 'node:assert/strict';
import { inBothModes } from '../support/modes.ts';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';

inBothModes('a client of /upload/ and /status/<id>/ with "Serial Number" goes on working', async (pixmill) => {
  const origin = await startOrigin({ '/1.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
  const csv = `Serial Number,Product Name,Input Image Urls\n1,SKU1,"${origin.url}/1.jpg,${origin.url}/1.jpg?b"\n2,SKU2,${origin.url}/1.jpg\n`;

  const upload = await pixmill.upload(csv, {}, 'file', '/upload/');
  assert.equal(upload.status, 200);
  const { request_id } = (await upload.json()) as { request_id: string };
  assert.match(request_id, /^[0-9a-f-]{36}$/);

  const first = (await (await pixmill.call(`/status/${request_id}/`)).json()) as { status: string };
  assert.ok(['Pending', 'Processing', 'Completed'].includes(first.status));
  await pixmill.finished(request_id);
  const last = (await (await pixmill.call(`/status/${request_id}/`)).json()) as { status: string; request_id: string };
  assert.deepEqual([last.status, last.request_id], ['Completed', request_id]);

  const missing = await pixmill.call('/upload/', { method: 'POST', body: new FormData() });
  assert.equal(missing.status, 400);
  assert.equal((await pixmill.call('/status/00000000-0000-0000-0000-000000000000/')).status, 404);
});
