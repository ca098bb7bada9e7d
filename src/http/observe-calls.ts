import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpTools, Server } from './http-tools.ts';

type Observers = Pick<HttpTools, 'metrics' | 'tracing'>;

/** Asked for all the time, by machines and by every visitor of a shop: worth no line of the log, and no span. */
const QUIET_ROUTES = new Set(['/health', '/ready', '/metrics', '/api/image/:filename', '/assets/*']);

const CALL_ID = /^[\w.-]{1,64}$/;

/** Names a call in the log: as the client or a proxy in front does, where that is short and plain. */
export function callId({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && CALL_ID.test(given) ? given : randomUUID();
}

/** Before anything else that answers calls: the first hook sees also what later ones refuse. */
export function observeCalls(server: Server, tools: Observers): void {
  server.addHook('onRequest', (request, reply, next) => observeCall(request, reply, tools, next));
}

/** One measurement, one span, one line of the log for a call, also where the client goes away; `next` runs in the span. */
export function observeCall(
  request: FastifyRequest,
  reply: FastifyReply,
  { metrics, tracing }: Observers,
  next: () => void,
): void {
  const { method, url, routeOptions, ip } = request;
  const route = routeOptions.url ?? 'none';
  const quiet = QUIET_ROUTES.has(route);
  // Without the query: signed links carry secrets there.
  const path = url.split('?', 1)[0];
  reply.header('x-request-id', request.id);
  const named = {
    'http.request.method': method,
    'http.route': route,
    'url.path': path,
    'url.scheme': request.protocol,
  };
  const span = quiet ? undefined : tracing.call(`${method} ${route}`, named, request.headers);

  reply.raw.once('close', () => {
    const { statusCode: status, raw, elapsedTime } = reply;
    const aborted = !raw.writableFinished;
    metrics.answered(method, route, aborted ? 'aborted' : `${Math.floor(status / 100)}xx`, elapsedTime / 1_000);
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
