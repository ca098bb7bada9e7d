import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Metrics } from '../../observability/metrics.ts';
import type { Tracing } from '../../observability/tracing.ts';
import type { Server } from '../server-type.ts';
import '../route-config.ts';

export interface Observers {
  metrics: Pick<Metrics, 'responded'>;
  tracing: Pick<Tracing, 'request'>;
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Names an HTTP request in the log: as the client or a proxy in front does, where that is short and plain. */
export function httpRequestId({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** To be registered before whatever responds: the first hook sees also what later ones refuse. */
export const observe = plugin(async (server: Server, observers: Observers) => {
  server.addHook('onRequest', (request, reply, next) => observeRequest(request, reply, observers, next));
});

/**
 * One measurement, one span, one line of the log for an HTTP request, also where the client goes away.
 * @param next runs in the span
 */
export function observeRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { metrics, tracing }: Observers,
  next: () => void,
): void {
  const { method, url, routeOptions, ip } = request;
  const route = routeOptions.url ?? 'none';
  const quiet = routeOptions.config?.log === 'quiet';
  // Without the query: signed links carry secrets there.
  const path = url.split('?', 1)[0];
  reply.header('x-request-id', request.id);
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    'url.path': path,
    'url.scheme': request.protocol,
  };
  const span = quiet ? undefined : tracing.request(`${method} ${route}`, attributes, request.headers);

  reply.raw.once('close', () => {
    const { statusCode: status, raw, elapsedTime } = reply;
    const aborted = !raw.writableFinished;
    metrics.responded(method, route, aborted ? 'aborted' : `${Math.floor(status / 100)}xx`, elapsedTime / 1_000);
    span?.add({ 'http.response.status_code': status, 'pixmill.call_id': request.id });
    if (status >= 500) span?.failed(String(status));
    span?.end();
    const ms = Math.round(elapsedTime * 10) / 10;
    const level = quiet && status < 400 ? 'debug' : 'info';
    request.log[level]({ method, route, path, status, ms, ip, ...(aborted && { aborted }) }, 'answered');
  });

  if (span) span.enter(next);
  else next();
}
