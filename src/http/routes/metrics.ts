import type { HttpTools, Server } from '../http-tools.ts';

/** GET /metrics, and one measurement and one line of the log for every call. */
export function metricsRoutes(server: Server, { metrics }: Pick<HttpTools, 'metrics'>): void {
  server.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { type, text } = await metrics.expose();
    return reply.type(type).send(text);
  });
}

/** To be called before the first route. */
export function observeCalls(server: Server, { metrics }: Pick<HttpTools, 'metrics'>): void {
  server.addHook('onResponse', async (request, reply) => {
    const { method, url, routeOptions, ip } = request;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    metrics.answered(method, routeOptions.url ?? 'none', reply.statusCode, ms / 1000);
    // Without the query: signed links carry secrets there.
    request.log.info({ method, path: url.split('?')[0], status: reply.statusCode, ms, ip }, 'answered');
  });
}
