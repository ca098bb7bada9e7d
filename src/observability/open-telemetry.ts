import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  type SpanOptions,
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
import type { Span, Tracing } from './tracing.ts';
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
  /** The span of the HTTP request that is being answered goes with the work, across whatever is awaited. */
  const present = new AsyncLocalStorage<Context>();

  function start(name: string, options: SpanOptions, parent: Context): { span: Span; inside: Context } {
    const opened = tracer.startSpan(name, options, parent);
    const inside = trace.setSpan(parent, opened);
    const span: Span = {
      child: (childName, attributes) => start(childName, { attributes }, inside).span,
      add: (attributes) => void opened.setAttributes(attributes),
      failed: (reason) => void opened.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(reason) }),
      ids: () => ({ trace_id: opened.spanContext().traceId, span_id: opened.spanContext().spanId }),
      end: () => opened.end(),
    };
    return { span, inside };
  }

  return {
    root: (name, attributes) => start(name, { attributes }, ROOT_CONTEXT).span,
    inRequest: (name, attributes) => start(name, { attributes }, present.getStore() ?? ROOT_CONTEXT).span,
    request(name, attributes, headers) {
      const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const { span, inside } = start(name, { attributes, kind: SpanKind.SERVER }, caller);
      return { ...span, enter: (next) => present.run(inside, next) };
    },
    async stop() {
      await provider.shutdown().catch((error) => log.warn({ reason: reasonOf(error) }, 'the last spans are lost'));
    },
  };
}

/** In one word: the sentences of errors hold links. */
function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'error');
}
