import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { atTheEnd } from './at-the-end.ts';

type Value = { stringValue?: string; intValue?: number | string; boolValue?: boolean; doubleValue?: number };
type Attributes = { key: string; value: Value }[];

/** As in OTLP's JSON encoding: ids in hexadecimal, times in nanoseconds as text. */
interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: Attributes;
  status: { code?: number; message?: string };
}

export interface ReceivedSpan extends Omit<SentSpan, 'attributes'> {
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
}

/** What takes spans by OTLP over HTTP, as a collector does. Closed when the test file ends. */
export async function startSpanReceiver({ hangs = false } = {}) {
  const spans: ReceivedSpan[] = [];
  const headers: Record<string, unknown>[] = [];
  const texts: string[] = [];
  const asked = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    asked.resolve();
    if (hangs) return;
    const body = (await json(request)) as {
      resourceSpans: { resource: { attributes: Attributes }; scopeSpans: { spans: SentSpan[] }[] }[];
    };
    headers.push({ path: request.url, ...request.headers });
    texts.push(JSON.stringify(body));
    for (const { resource, scopeSpans } of body.resourceSpans) {
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({ ...span, attributes: plain(span.attributes), resource: plain(resource.attributes) });
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    /** Everything that was sent, as text. */
    text: () => texts.join('\n'),
    /** Something was sent. */
    asked: asked.promise,
  };
}

function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { intValue, ...other } = value;
      return [key, intValue === undefined ? Object.values(other)[0] : Number(intValue)];
    }),
  );
}
