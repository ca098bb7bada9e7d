import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startOrigin } from '../support/origin.ts';
import { photo } from '../support/pictures.ts';
import { startPixmill } from '../support/pixmill.ts';
import { type ReceivedSpan, startSpanReceiver } from '../support/span-receiver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const delivered = Promise.withResolvers<void>();
const origin = await startOrigin({
  '/a.jpg': await photo().jpeg({ quality: 95 }).toBuffer(),
  '/hook': (_request, response) => void response.end(() => delivered.resolve()),
});
const receiver = await startSpanReceiver();
const hanging = await startSpanReceiver({ hangs: true });

const upload = (images: string[], webhook = '') => {
  const form = new FormData();
  form.set('file', new File([`S. No.,Product Name,Input Image Urls\n1,Mug,"${images.join(',')}"\n`], 'p.csv'));
  if (webhook) form.set('webhook_url', webhook);
  return form;
};

describe('traces', () => {
  test('lead from the call of a client to every image and the webhook, without what opens doors', async () => {
    const dataDir = temporaryFolder();
    // OpenTelemetry's own variables may stand in the file too.
    writeFileSync(join(dataDir, '.env'), 'OTEL_SERVICE_NAME=shop-images\n');
    const pixmill = await startPixmill({
      dataDir,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=mine',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        PIXMILL_LOG_LEVEL: 'info',
      },
    });
    const traceId = 'ab'.repeat(16);
    const images = [`${origin.url}/a.jpg?sig=hush-hush`, `${origin.url}/lost.jpg?sig=hush-hush`];
    const answer = await pixmill.call('/api/upload?token=hush-hush', {
      method: 'POST',
      body: upload(images, `${origin.url}/hook?key=hush-hush`),
      headers: { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`, 'x-request-id': 'call-1' },
    });
    const { request_id } = (await answer.json()) as { request_id: string };
    await pixmill.finished(request_id);
    await pixmill.call('/health');
    await delivered.promise;
    // The last spans are sent by the stop.
    assert.equal(await pixmill.stop(), 0);

    const { spans } = receiver;
    const ofRequest = spans.filter(({ attributes }) => attributes['pixmill.request_id'] === request_id);
    const named = (name: string, among = spans) => among.find((span) => span.name === name) ?? assert.fail(name);
    const below = (parent: ReceivedSpan) =>
      spans
        .filter(({ parentSpanId, traceId }) => parentSpanId === parent.spanId && traceId === parent.traceId)
        .map(({ name }) => name)
        .sort();

    const call = named('POST /api/upload');
    assert.deepEqual([call.traceId, call.parentSpanId, call.kind], [traceId, 'cd'.repeat(8), 2]);
    assert.equal(call.attributes['http.route'], '/api/upload');
    assert.equal(call.attributes['http.response.status_code'], 200);
    assert.equal(call.attributes['pixmill.call_id'], 'call-1');
    assert.deepEqual(below(call), ['accept upload']);
    assert.equal(named('accept upload', ofRequest).attributes['pixmill.images'], 2);

    const shard = named('shard', ofRequest);
    assert.ok(!shard.parentSpanId);
    assert.notEqual(shard.traceId, traceId);
    assert.deepEqual(below(shard), ['image', 'image']);
    const [done, failed] = [0, 1].map((number) =>
      ofRequest.find((span) => span.attributes['pixmill.image'] === number),
    );
    assert.ok(done && failed);
    assert.deepEqual(below(done), ['compress', 'download', 'record', 'store']);
    assert.equal(done.attributes['pixmill.outcome'], 'compressed');
    assert.equal(done.attributes['server.address'], '127.0.0.1');
    assert.deepEqual(below(failed), ['download', 'record']);
    assert.deepEqual(failed.status, { code: 2, message: 'http_404' });
    assert.ok(!named('record batch').parentSpanId);
    assert.equal(named('webhook', ofRequest).attributes['http.response.status_code'], 200);

    assert.ok(!spans.some(({ name }) => name.includes('/health')));
    assert.equal(call.resource['service.name'], 'shop-images');
    assert.equal(call.resource['deployment.environment.name'], 'test');
    assert.equal(call.resource['pixmill.role'], 'all');
    assert.deepEqual([receiver.headers[0]?.path, receiver.headers[0]?.['x-collector-key']], ['/v1/traces', 'mine']);
    assert.ok(!receiver.text().includes('hush-hush'));
    const worked =
      pixmill
        .log()
        .split('\n')
        .find((line) => line.includes('shard worked on')) ?? assert.fail();
    assert.equal((JSON.parse(worked) as { trace_id: string }).trace_id, shard.traceId);
  });

  test('a receiver that hangs or is away harms nothing, and holds a stop no longer than the stop may take', async () => {
    for (const endpoint of [hanging.url, 'http://127.0.0.1:1']) {
      const pixmill = await startPixmill({
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, PIXMILL_STOP_SECONDS: '1' },
      });
      const { request_id } = (await (
        await pixmill.call('/api/upload', { method: 'POST', body: upload([`${origin.url}/a.jpg`]) })
      ).json()) as { request_id: string };
      assert.equal((await pixmill.finished(request_id)).status, 'Completed');
      const before = performance.now();
      assert.equal(await pixmill.stop(), 0);
      assert.ok(performance.now() - before < 3_500, `${performance.now() - before} ms`);
      assert.match(pixmill.log(), /"msg":"(the last spans are lost|spans could not be sent and are lost)"/);
    }
    await hanging.asked;
  });
});
