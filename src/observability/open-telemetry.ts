import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  defaultTextMapGetter,
  type Span as OpenSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { throttle } from './throttle.ts';
import type { Attributes, Span, Tracing } from './tracing.ts';
import type { TracingSettings } from './tracing-settings.ts';

/** Longest try to send spans; a receiver that hangs holds a stop no longer than this. */
const SEND_MS = 5_000;

/** Between two lines of the log about a receiver that is away. */
const COMPLAINT_MS = 60_000;

/**
 * Spans through OpenTelemetry, sent by OTLP over HTTP in the background. Its globals stay unused, but for the one
 * handler of its errors: what is not given to this object is not traced.
 * @param program version and role
 * @param stopMs how long a stop may take
 */
export function createOpenTelemetry(
  { share, callerDecides }: TracingSettings,
  program: { version: string; role: string },
  stopMs: number,
  log: Logger,
): Tracing {
  const mayComplain = throttle(COMPLAINT_MS);
  setGlobalErrorHandler((error) => {
    if (!mayComplain()) return;
    log.warn({ reason: typeof error === 'string' ? error : error.message }, 'spans could not be sent and are lost');
  });

  const ratio = new TraceIdRatioBasedSampler(share);
  const provider = new TracerProvider({
    sampler: callerDecides ? new ParentBasedSampler({ root: ratio }) : ratio,
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': 'pixmill',
          'service.version': program.version,
          'service.instance.id': `${hostname()}-${process.pid}`,
          'pixmill.role': program.role,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ timeoutMillis: Math.min(SEND_MS, stopMs) }) }),
    ],
  });
  const tracer = provider.getTracer('pixmill', program.version);
  const propagator = new W3CTraceContextPropagator();
  /** The present span goes with the work, across whatever is awaited. */
  const present = new AsyncLocalStorage<Context>();

  function run<T>(name: string, attributes: Attributes, parent: Context, work: (span: Span) => Promise<T>): Promise<T> {
    const span = tracer.startSpan(name, { attributes }, parent);
    return present.run(trace.setSpan(parent, span), async () => {
      try {
        return await work(asSpan(span));
      } catch (error) {
        asSpan(span).failed(reasonOf(error));
        throw error;
      } finally {
        span.end();
      }
    });
  }

  return {
    span: (name, attributes, work) => run(name, attributes, present.getStore() ?? ROOT_CONTEXT, work),
    root: (name, attributes, work) => run(name, attributes, ROOT_CONTEXT, work),
    request(name, attributes, headers) {
      const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const span = tracer.startSpan(name, { attributes, kind: SpanKind.SERVER }, caller);
      const inside = trace.setSpan(caller, span);
      return { ...asSpan(span), enter: (next) => present.run(inside, next), end: () => span.end() };
    },
    ids() {
      const span = trace.getSpanContext(present.getStore() ?? ROOT_CONTEXT);
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
    async stop() {
      await provider.shutdown().catch((error) => log.warn({ reason: reasonOf(error) }, 'the last spans are lost'));
    },
  };
}

function asSpan(span: OpenSpan): Span {
  return {
    add: (attributes) => void span.setAttributes(attributes),
    failed: (reason) => void span.setStatus({ code: SpanStatusCode.ERROR, message: reason }),
  };
}

/** In one word: the sentences of errors hold links. */
function reasonOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'error');
}
