import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';

test('metrics count what happened, and the log has a line for each call without its query', async () => {
  const origin = await startOrigin({ '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer() });
  const pixmill = await startPixmill({ env: { PIXMILL_LOG_LEVEL: 'info' } });
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,"${origin.url}/a.jpg,${origin.url}/lost.jpg"\n`;
  const { request_id } = (await (await pixmill.upload(csv)).json()) as { request_id: string };
  await pixmill.finished(request_id);
  await pixmill.call('/api/requests?limit=1&secret=hush');
  const leaves = connect(Number(new URL(pixmill.url).port), '127.0.0.1', () => {
    leaves.write(
      'POST /api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n--b',
    );
  });
  while (!pixmill.log().includes('"aborted":true')) {
    await sleep(20);
    leaves.destroy();
  }

  const response = await pixmill.call('/metrics');
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  for (const line of [
    'pixmill_images_total{outcome="compressed",code=""} 1',
    'pixmill_images_total{outcome="failed",code="http_404"} 1',
    'pixmill_stage_seconds_count{stage="compress"} 1',
    'pixmill_jobs{kind="shard"} 0',
    'pixmill_http_seconds_count{method="POST",route="/api/upload",status="2xx"} 1',
    'pixmill_http_seconds_count{method="POST",route="/api/upload",status="aborted"} 1',
    'pixmill_decoder_restarts_total{reason="crash"} 0',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.match(text, /pixmill_image_bytes_total\{direction="in"\} \d{4,}/);
  assert.match(text, /pixmill_disk_free_bytes \d+/);
  const lines = pixmill
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(lines.some(({ msg, path, status }) => msg === 'answered' && path === '/api/requests' && status === 200));
  assert.ok(lines.some(({ msg }) => msg === 'shard worked on'));
  assert.ok(!pixmill.log().includes('hush'));
});
